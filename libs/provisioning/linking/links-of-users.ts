import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApplicationConsents } from '@foyer/consent';
import { configuredIssuer, IdentityProviders } from '@foyer/identity-providers';
import { CLOCK, Database, FoyerError, type Clock, type InputFault, type Transaction } from '@foyer/platform';
import type { LinkChanges, NamedIdentity, UserIdQuery, UserLifecycle, UserLink, UserLinks } from '@foyer/userstores';
import type { Person } from '../plan/plan-steps.js';
import type { AccountLink } from './account-link.js';
import { AccountLinks } from './account-links.js';
import { keyProblem } from './link-key.js';

/** An identity that leads to a user. */
export interface LeadingLink {
  readonly link: AccountLink;
  /** Not the last way in. */
  readonly removable: boolean;
}

/** The links of users, as administrators and the users themselves see and change them. */
@Injectable()
export class LinksOfUsers implements UserLinks {
  constructor(
    private readonly database: Database,
    private readonly links: AccountLinks,
    @Inject(IdentityProviders) private readonly identityProviders: Pick<IdentityProviders, 'byId' | 'byName'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async linksOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly UserLink[]>> {
    const found = new Map<string, UserLink[]>();
    for (const link of await this.links.ofUsers(this.database.read, userIds)) {
      if (!isShown(link)) continue;
      const { userId, identityProvider, subject, status } = link;
      found.set(userId, [...(found.get(userId) ?? []), { identityProvider, subject, active: status === 'active' }]);
    }
    return found;
  }

  usersWith({ identityProvider, subject }: { readonly identityProvider?: string; readonly subject?: string }): UserIdQuery {
    const conditions = ["status IN ('active', 'named')"];
    if (identityProvider !== undefined) conditions.push('identity_provider = :linkProvider');
    if (subject !== undefined) conditions.push('subject = :linkSubject');
    return {
      sql: `SELECT user_id FROM account_links WHERE ${conditions.join(' AND ')}`,
      parameters: {
        ...(identityProvider !== undefined && { linkProvider: identityProvider }),
        ...(subject !== undefined && { linkSubject: subject }),
      },
    };
  }

  providerName(identityProviderId: string): string | undefined {
    return this.identityProviders.byId(identityProviderId)?.name;
  }

  faultOf(identity: NamedIdentity): InputFault | undefined {
    const person = this.personOf(identity);
    if (!person) return { path: 'identityProvider', code: 'reference.unknown', message: 'is no name of an identity provider' };
    const problem = keyProblem(person);
    return problem && { path: 'subject', code: problem.code, message: problem.message };
  }

  async change(tx: Transaction, userId: string, { add, remove, hasPassword }: LinkChanges): Promise<readonly string[]> {
    const leaving = (await this.shown(tx, userId)).filter((link) => remove.some((identity) => isOf(link, identity)));
    for (const link of leaving) await this.links.unlink(tx, link);
    for (const identity of add) await this.name(tx, userId, identity);
    if (leaving.length > 0 && !this.leavesAWayIn(leaving, await this.shown(tx, userId), hasPassword)) throw lastWayIn();
    return [...new Set(leaving.map(({ identityProviderId }) => identityProviderId))];
  }

  /** The identities that lead to a user. @param hasPassword whether the person can log in without any */
  async ofUser(em: EntityManager, userId: string, hasPassword: boolean): Promise<readonly LeadingLink[]> {
    const all = await this.shown(em, userId);
    return all.map((link) => {
      const others = all.filter(({ id }) => id !== link.id);
      return { link, removable: this.leavesAWayIn([link], others, hasPassword) };
    });
  }

  /**
   * Takes one link away. The user is locked in this transaction.
   * @returns the identity provider's id; undefined when the user has no such link
   * @throws FoyerError `link.last`
   */
  async unlink(tx: Transaction, userId: string, linkId: string, hasPassword: boolean): Promise<string | undefined> {
    const found = (await this.ofUser(tx, userId, hasPassword)).find(({ link }) => link.id === linkId);
    if (!found) return undefined;
    if (!found.removable) throw lastWayIn();
    await this.links.unlink(tx, found.link);
    return found.link.identityProviderId;
  }

  private async shown(em: EntityManager, userId: string): Promise<AccountLink[]> {
    return (await this.links.ofUser(em, userId)).filter(isShown);
  }

  private async name(tx: Transaction, userId: string, identity: NamedIdentity): Promise<void> {
    const person = this.personOf(identity);
    if (person && (await this.links.name(tx, person, userId, this.clock.now()))) return;
    throw new FoyerError('conflict', 'link.taken', `This identity of "${identity.identityProvider}" belongs to another user.`);
  }

  private leavesAWayIn(leaving: readonly AccountLink[], staying: readonly AccountLink[], hasPassword: boolean): boolean {
    return hasPassword || !leaving.some((link) => this.wasWayIn(link)) || staying.some((link) => this.isWayIn(link));
  }

  /** Whether somebody may have logged in by it. A provider that is disabled may come back, one that was deleted never does. */
  private wasWayIn({ identityProviderId, status }: AccountLink): boolean {
    return status === 'active' && this.identityProviders.byId(identityProviderId) !== undefined;
  }

  /** Whether somebody can log in by it now: the provider is the one that the link was made for, and it lets named identities in. */
  private isWayIn({ identityProviderId, issuer, status }: AccountLink): boolean {
    const provider = this.identityProviders.byId(identityProviderId);
    if (!provider?.enabled || configuredIssuer(provider) !== issuer) return false;
    return status === 'active' || (status === 'named' && provider.jit.linking.existing === 'pre-provisioned');
  }

  /** Undefined when there is no such identity provider. */
  private personOf({ identityProvider, subject }: NamedIdentity): Person | undefined {
    const provider = this.identityProviders.byName(identityProvider);
    return provider && { identityProviderId: provider.id, identityProvider, issuer: configuredIssuer(provider), subject };
  }
}

const lastWayIn = (): FoyerError =>
  new FoyerError(
    'conflict',
    'link.last',
    'This is the last way to log in to the account, which has no password. Set one, or link another identity first.',
  );

/** A reserved link is of nobody yet, a tombstone of nobody any more. */
const isShown = ({ status }: AccountLink): boolean => status === 'active' || status === 'named';

const isOf = (link: NamedIdentity, { identityProvider, subject }: NamedIdentity): boolean =>
  link.identityProvider === identityProvider && link.subject === subject;

/**
 * Turns the links of a user who is removed into tombstones, in the same transaction: that id never comes back. What the person agreed to before they
 * had the account goes with it.
 */
@Injectable()
export class LinkBurial implements UserLifecycle {
  constructor(
    private readonly links: AccountLinks,
    private readonly applications: ApplicationConsents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async removed(tx: Transaction, userId: string): Promise<void> {
    for (const { reservedId } of await this.links.ofUser(tx, userId)) {
      if (reservedId !== null) await this.applications.forget(tx, reservedId);
    }
    await this.links.bury(tx, userId, this.clock.now());
  }

  /** Every login reads the account's status: a link has nothing to end. */
  async disabled(): Promise<void> {}
}
