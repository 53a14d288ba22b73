import { isReservedAttribute, type Attributes, type Database } from '@foyer/platform';
import type { Authentication } from '@foyer/login';
import type { RegisteredUser, StoreAccount, UserRegistry, UserStoreDirectory } from '@foyer/userstores';
import { claimNameOf } from './claim-names.js';

/** What may be told about a person, by the names towards applications. */
export type PersonClaims = Readonly<Record<string, unknown>>;

/** The parts of other libs that know about accounts. */
export interface AccountSources {
  readonly database: Database;
  readonly registry: UserRegistry;
  readonly stores: UserStoreDirectory;
}

/**
 * The person behind an authentication, as they are now: looked up for one request and asked at most once. Somebody without an account is what the
 * identity provider said at the login.
 */
export class Person {
  private claims: Promise<PersonClaims> | undefined;

  private constructor(
    readonly authentication: Authentication,
    private readonly sources: AccountSources,
    private readonly user: RegisteredUser | undefined,
  ) {}

  /** @returns undefined when the account is gone or disabled */
  static async find(authentication: Authentication, sources: AccountSources): Promise<Person | undefined> {
    if (!authentication.account) return new Person(authentication, sources, undefined);
    const user = await sources.registry.find(sources.database.read, authentication.subject);
    return user?.enabled ? new Person(authentication, sources, user) : undefined;
  }

  /** Everything that is known, to choose from. @throws FoyerError `store.unavailable` */
  all(): Promise<PersonClaims> {
    this.claims ??= this.read();
    return this.claims;
  }

  async roles(): Promise<readonly string[]> {
    const { roles } = await this.all();
    return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
  }

  private async read(): Promise<PersonClaims> {
    const { identityProvider, externalSubject, attributes } = this.authentication;
    const origin = { idp: identityProvider?.name, external_sub: externalSubject };
    if (!this.user) return { ...named(attributes), ...origin };
    const account = await this.sources.stores.find(this.user.userStore)?.store.find(this.user.id);
    return { ...(account ? ofAccount(account, this.user) : named(attributes)), preferred_username: this.user.username, ...origin };
  }
}

/** Whoever named an attribute like a claim that means something else does not get to set that claim. */
const named = (attributes: Attributes): PersonClaims =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (isReservedAttribute(name) ? [] : [[claimNameOf(name), value] as const])),
  );

function ofAccount(account: StoreAccount, user: RegisteredUser): PersonClaims {
  const { emailVerified: _claimed, ...attributes } = account.attributes;
  return {
    ...named(attributes),
    // Only what an identity provider verified inside its trusted domains is verified, whatever the stored attribute says.
    ...(attributes.email === undefined ? {} : { email_verified: user.origins.email?.verified === true }),
    roles: account.roles,
    groups: account.groups,
    updated_at: Math.floor(user.updatedAt / 1000),
  };
}
