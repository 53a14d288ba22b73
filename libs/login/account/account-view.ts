import type { Attributes, AttributeValue, Database } from '@foyer/platform';
import type { AccountLinks } from '@foyer/provisioning';
import type { RegisteredUser, UserRegistry, UserStoreDirectory, ValueOrigin } from '@foyer/userstores';
import type { Authentication, BrowserSession, OpenBrowserSession } from '../contract.js';
import type { IdentityProviderDirectory } from '../directories.js';
import type { Openings } from '../openings.js';
import { shownValue } from '../pages/shown-value.js';

export interface AccountSources {
  readonly database: Database;
  readonly registry: UserRegistry;
  readonly stores: UserStoreDirectory;
  readonly links: Pick<AccountLinks, 'ofUser'>;
  readonly identityProviders: IdentityProviderDirectory;
  readonly openings: Openings;
}

type ShownAttribute = { readonly name: string; readonly value: string; readonly origin: string; readonly provider?: string };

/** What `/account` shows to the person logged in. */
export class AccountView {
  constructor(private readonly sources: AccountSources) {}

  /** @returns undefined when the account is gone or disabled */
  async of(
    authentication: Authentication,
    current: BrowserSession,
    sessions: readonly OpenBrowserSession[],
  ): Promise<Record<string, unknown> | undefined> {
    const shown = { title: 'account.title', wide: true, subject: authentication.subject, sessions: this.sessions(sessions, current) };
    if (!authentication.account) return { ...shown, ...this.withoutAccount(authentication) };
    const user = await this.sources.registry.find(this.sources.database.read, authentication.subject);
    if (!user?.enabled) return undefined;
    return { ...shown, ...(await this.withAccount(user)) };
  }

  private withoutAccount({ attributes, identityProvider, subject }: Authentication): Record<string, unknown> {
    const provider = this.providerName(identityProvider?.id) ?? identityProvider?.name;
    return {
      account: false,
      name: nameIn(attributes) ?? subject,
      lead: 'account.leadNoAccount',
      attributes: Object.entries(attributes).map(([name, value]) => ({
        name,
        value: shownValue(value),
        origin: 'account.origin.idp',
        provider,
      })),
    };
  }

  private async withAccount(user: RegisteredUser): Promise<Record<string, unknown>> {
    const { stores, links, database } = this.sources;
    const [stored, linked] = await Promise.all([stores.find(user.userStore)?.store.find(user.id), links.ofUser(database.read, user.id)]);
    const attributes = stored?.attributes ?? {};
    return {
      account: true,
      name: nameIn(attributes) ?? user.username,
      lead: 'account.lead',
      username: user.username,
      userStore: user.userStore,
      createdAt: user.createdAt,
      roles: stored?.roles ?? [],
      groups: stored?.groups ?? [],
      attributes: Object.entries(attributes).map(([name, value]) => this.attribute(name, value, user.origins[name])),
      links: linked
        .filter(({ status }) => status !== 'tombstone')
        .map(({ identityProviderId, identityProvider, subject }) => ({
          provider: this.providerName(identityProviderId) ?? identityProvider,
          subject,
        })),
    };
  }

  private attribute(name: string, value: AttributeValue, origin: ValueOrigin | undefined): ShownAttribute {
    const provider = this.providerName(origin?.identityProviderId) ?? origin?.identityProviderId;
    return { name, value: shownValue(value), origin: `account.origin.${origin?.by ?? 'local'}`, provider };
  }

  private sessions(sessions: readonly OpenBrowserSession[], current: BrowserSession): unknown[] {
    return sessions.map(({ sessionId, startedAt, applications }) => ({
      sessionId,
      label: sessionId === current.sessionId ? 'account.sessionCurrent' : 'account.session',
      startedAt,
      applications: applications.map((name) => this.sources.openings.application(name)?.displayName ?? name),
    }));
  }

  private providerName(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.sources.identityProviders.byId(id)?.displayName;
  }
}

function nameIn({ displayName, givenName, familyName }: Attributes): string | undefined {
  const whole =
    typeof displayName === 'string' ? displayName : [givenName, familyName].filter((part) => typeof part === 'string').join(' ');
  return whole.trim() === '' ? undefined : whole;
}
