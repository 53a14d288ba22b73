import { Inject, Injectable } from '@nestjs/common';
import { IdentityProviders } from '@foyer/identity-providers';
import type { Attributes, AttributeValue } from '@foyer/platform';
import type { LeadingLink } from '@foyer/provisioning';
import {
  effectiveRoles,
  USER_STORE_DIRECTORY,
  type RegisteredUser,
  type StoreAccount,
  type UserStoreDirectory,
  type ValueOrigin,
} from '@foyer/userstores';
import { BROWSER_SESSIONS, type Authentication, type BrowserSessions } from '../contract.js';
import { Openings } from '../openings.js';
import type { PageData } from '../pages/page-writer.js';
import { shownValue } from '../pages/shown-value.js';
import { OwnConsents } from './own-consents.js';
import { OwnLinks } from './own-links.js';
import type { Visitor } from './visitors.js';

/** What `/account` shows to the person logged in. */
@Injectable()
export class AccountView {
  constructor(
    @Inject(BROWSER_SESSIONS) private readonly sessions: Pick<BrowserSessions, 'listOf'>,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: Pick<UserStoreDirectory, 'find'>,
    private readonly links: OwnLinks,
    private readonly consents: OwnConsents,
    private readonly openings: Openings,
    private readonly identityProviders: IdentityProviders,
  ) {}

  /** @throws FoyerError `store.unavailable` */
  async of(visitor: Visitor): Promise<PageData> {
    const { authentication, user } = visitor;
    const [sessions, told] = await Promise.all([this.sessionsOf(visitor), this.consents.told(authentication.subject)]);
    const shown = { title: 'account.title', wide: true, subject: authentication.subject, sessions, told };
    return { ...shown, ...(user ? await this.withAccount(user) : this.withoutAccount(authentication)) };
  }

  /** What is asked before a link goes. */
  unlinking(leading: LeadingLink, { authentication }: Visitor): PageData {
    return {
      ...this.link(leading),
      title: 'account.unlink.title',
      // It is by this link that the person is here.
      signsOut: authentication.identityProvider?.id === leading.link.identityProviderId,
    };
  }

  /** Of the identity provider through which the person is here: the page belongs to no application. */
  themeFor({ authentication: { identityProvider } }: Visitor): string | undefined {
    return identityProvider && this.identityProviders.byId(identityProvider.id)?.theme;
  }

  private withoutAccount({ attributes, identityProvider, subject }: Authentication): PageData {
    const provider = this.providerName(identityProvider?.id) ?? identityProvider?.name;
    return {
      account: false,
      name: nameIn(attributes) ?? subject,
      lead: 'account.leadNoAccount',
      attributes: Object.entries(attributes).map(([name, value]) => ({
        ...shownAttribute(name, value),
        origin: 'account.origin.idp',
        provider,
      })),
    };
  }

  private async withAccount(user: RegisteredUser): Promise<PageData> {
    const [stored, links, kept] = await Promise.all([this.stored(user), this.links.of(user), this.consents.kept(user)]);
    const attributes = stored?.attributes ?? {};
    return {
      account: true,
      name: nameIn(attributes) ?? user.username,
      lead: stored ? 'account.lead' : 'account.leadPending',
      username: user.username,
      userStore: user.userStore,
      createdAt: user.createdAt,
      roles: stored ? effectiveRoles(user, stored) : [],
      groups: stored?.groups ?? [],
      attributes: Object.entries(attributes).map(([name, value]) => this.attribute(name, value, user.origins[name])),
      links: links.map((link) => this.link(link)),
      kept,
    };
  }

  /** A store that is away is no reason to hide that the account is yet to be made. */
  private async stored(user: RegisteredUser): Promise<StoreAccount | undefined> {
    return user.status === 'creating' ? undefined : this.stores.find(user.userStore)?.store.find(user.id);
  }

  private link({ link, removable }: LeadingLink): PageData {
    const { id, identityProviderId, identityProvider, subject, status } = link;
    return { id, provider: this.providerName(identityProviderId) ?? identityProvider, subject, unused: status === 'named', removable };
  }

  private attribute(name: string, value: AttributeValue, origin: ValueOrigin | undefined): PageData {
    const provider = this.providerName(origin?.identityProviderId) ?? origin?.identityProviderId;
    return { ...shownAttribute(name, value), origin: `account.origin.${origin?.by ?? 'local'}`, provider };
  }

  private async sessionsOf({ session: current }: Visitor): Promise<readonly PageData[]> {
    const sessions = await this.sessions.listOf(current.subject);
    return sessions.map(({ sessionId, startedAt, applications }) => ({
      sessionId,
      label: sessionId === current.sessionId ? 'account.sessionCurrent' : 'account.session',
      startedAt,
      applications: applications.map((name) => this.openings.application(name)?.displayName ?? name),
    }));
  }

  private providerName(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.identityProviders.byId(id)?.displayName;
  }
}

const shownAttribute = (name: string, value: AttributeValue): PageData => ({
  name,
  label: [`attribute.${name}`, 'attribute.other'],
  value: shownValue(value),
});

function nameIn({ displayName, givenName, familyName }: Attributes): string | undefined {
  const whole =
    typeof displayName === 'string' ? displayName : [givenName, familyName].filter((part) => typeof part === 'string').join(' ');
  return whole.trim() === '' ? undefined : whole;
}
