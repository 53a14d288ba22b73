import type { Application } from '@foyer/applications';
import { isReservedAttribute, type Attributes, type AttributeValue, type Clock, type Database } from '@foyer/platform';
import type { OpenJobs } from '@foyer/provisioning';
import {
  accountStatusProblem,
  effectiveRoles,
  type Domain,
  type RegisteredUser,
  type StoreAccount,
  type UserRegistry,
  type UserStoreDirectory,
} from '@foyer/userstores';
import type { Authentications } from '../authentications.js';
import type { Authentication } from '../contract.js';
import type { Withholding } from '../release/withholding.js';

/**
 * What may be told about a person, by local names: their attributes, and `username`, `roles`, `groups`, `updatedAt` (seconds since the epoch), `idp`,
 * `external_sub`. A protocol gives them the names that applications know.
 */
export type Facts = Readonly<Record<string, unknown>>;

/** As much of an application as decides what it is told. */
export type Audience = Pick<Application, 'id' | 'assertIdentity' | 'claims'>;

/** The parts of other libs that know about accounts. */
export interface AccountSources {
  readonly database: Database;
  readonly registry: Pick<UserRegistry, 'find'>;
  readonly stores: Pick<UserStoreDirectory, 'find'>;
  readonly clock: Clock;
  /** What people do not let go on of what an identity provider said. */
  readonly withholding: Pick<Withholding, 'of'>;
  /** What logins left to jobs, */
  readonly jobs: Pick<OpenJobs, 'of'>;
  /** and what those logins said. */
  readonly authentications: Pick<Authentications, 'find'>;
}

/**
 * The person behind an authentication, as they are now: looked up for one request, and each of their stores asked at most once. Somebody without an
 * account is what the identity provider said at the login.
 */
export class Person {
  private found: Promise<StoreAccount | undefined> | undefined;

  private constructor(
    readonly authentication: Authentication,
    private readonly sources: AccountSources,
    private readonly user: RegisteredUser | undefined,
    /** The login of theirs that the account is yet to become: the store is not asked, and what the identity provider said then is told. */
    private readonly awaited: Authentication | undefined,
  ) {}

  /** @returns undefined when nobody may log in to the account any more */
  static async find(authentication: Authentication, sources: AccountSources): Promise<Person | undefined> {
    if (!authentication.account) return new Person(authentication, sources, undefined, undefined);
    const user = await sources.registry.find(sources.database.read, authentication.subject);
    if (!user || accountStatusProblem(user, undefined, sources.clock.now()) !== undefined) return undefined;
    return new Person(authentication, sources, user, await awaitedLogin(authentication, user, sources));
  }

  /**
   * Everything that an application may choose from. What it must have and nobody knows is completed by what the person said themselves.
   * @throws FoyerError `store.unavailable`
   */
  async facts(audience: Audience): Promise<Facts> {
    const asserted = audience.assertIdentity === 'external' && this.authentication.external !== undefined;
    const facts =
      asserted || !this.user ? await this.said() : await (this.awaited ? this.planned(this.awaited, this.user) : this.kept(this.user));
    const missing = missingFacts(facts, audience);
    return missing.length === 0 ? facts : { ...facts, ...(await this.toldByThemselves(audience, missing)) };
  }

  /** What the account may do here, whatever an application is told: nothing without one. */
  async roles(): Promise<readonly string[]> {
    const account = await this.account();
    return this.user && account ? effectiveRoles(this.user, account) : [];
  }

  /** The store to which what the person says can be added; undefined without an account, or when nothing is written there (yet). */
  keeper(): Domain | undefined {
    if (this.awaited) return undefined;
    const domain = this.user && this.sources.stores.find(this.user.userStore);
    return domain?.enabled && !domain.store.capabilities.readOnly ? domain : undefined;
  }

  /** What the identity provider said at the login, mapped, without what the person does not agree to any more. */
  private async said({ external, attributes } = this.authentication): Promise<Facts> {
    const withheld = await this.withheld();
    const named = withoutReserved(pick(external?.attributes ?? attributes, (name) => !withheld.has(name)));
    const memberships = external && { roles: external.roles, groups: external.groups };
    return { username: named['preferred_username'], ...named, ...memberships, ...this.origin() };
  }

  /** Nobody has decided anything who has no account: at their login they were asked. */
  private async withheld(): Promise<ReadonlySet<string>> {
    const { user, sources } = this;
    const { identityProvider } = this.authentication;
    return user && identityProvider ? sources.withholding.of(user.id, identityProvider.id) : new Set();
  }

  /** As the account will be, as far as the identity provider says. */
  private async planned(awaited: Authentication, { username }: RegisteredUser): Promise<Facts> {
    return { ...(await this.said(awaited)), username };
  }

  private async kept(user: RegisteredUser): Promise<Facts> {
    const account = await this.account();
    const facts = account
      ? factsOf({ ...account, attributes: await this.agreed(user, account) }, user)
      : withoutReserved(this.authentication.attributes);
    return { ...facts, username: user.username, ...this.origin() };
  }

  /** A value that the person takes back stays where nothing is written, or is written later: it is not told all the same. */
  private async agreed({ id, origins }: RegisteredUser, { attributes }: StoreAccount): Promise<Attributes> {
    const sayers = new Set(Object.values(origins).flatMap(({ identityProviderId }) => identityProviderId ?? []));
    if (sayers.size === 0) return attributes;
    const asked = [...sayers].map(async (sayer) => [sayer, await this.sources.withholding.of(id, sayer)] as const);
    const withheld = new Map(await Promise.all(asked));
    return pick(attributes, (name) => {
      const sayer = Object.hasOwn(origins, name) ? origins[name]?.identityProviderId : undefined;
      return sayer === undefined || withheld.get(sayer)?.has(name) !== true;
    });
  }

  private origin(): Facts {
    const { identityProvider, externalSubject } = this.authentication;
    return { idp: identityProvider?.name, external_sub: externalSubject };
  }

  /** What the person typed counts last, and never as verified. */
  private async toldByThemselves({ id }: Audience, missing: readonly string[]): Promise<Facts> {
    const typed = this.authentication.typed?.[id] ?? {};
    const own = await this.selfAsserted();
    const told = missing.flatMap((name): [string, AttributeValue][] => {
      const value = own[name] ?? typed[name];
      return value === undefined ? [] : [[name, value]];
    });
    return { ...Object.fromEntries(told), ...(told.some(([name]) => name === 'email') && { emailVerified: false }) };
  }

  /** What they agreed to keep in their account. */
  private async selfAsserted(): Promise<Attributes> {
    const { user } = this;
    if (!user || !Object.values(user.origins).some(({ by }) => by === 'self')) return {};
    const { attributes = {} } = (await this.account()) ?? {};
    return Object.fromEntries(Object.entries(attributes).filter(([name]) => user.origins[name]?.by === 'self'));
  }

  private async account(): Promise<StoreAccount | undefined> {
    const { user } = this;
    this.found ??= user && this.sources.stores.find(user.userStore)?.store.find(user.id);
    return this.found;
  }
}

/**
 * Of several logins whose jobs are not done, or when an earlier session is still used, it is the latest one that says what the account becomes: what an
 * earlier one said may have been taken away since. Of an account that is not there yet its own login says more than nothing.
 */
async function awaitedLogin(
  authentication: Authentication,
  { status }: RegisteredUser,
  { jobs, authentications }: AccountSources,
): Promise<Authentication | undefined> {
  const { loginId, deferred, subject: userId, identityProvider } = authentication;
  if (deferred !== true || identityProvider === undefined) return undefined;
  const { open, loginId: latestId } = await jobs.of({ userId, identityProviderId: identityProvider.id });
  if (open && latestId === loginId) return authentication;
  const latest = open && latestId !== undefined ? await authentications.find(latestId) : undefined;
  return latest?.subject === userId ? latest : status === 'creating' ? authentication : undefined;
}

/** Those that an application must have and that have no value. */
export const missingFacts = (facts: Facts, { claims }: Audience): readonly string[] =>
  claims.mandatory.filter((name) => !isKnown(facts[name]));

/** Whether there is something to tell. */
export const isKnown = (value: unknown): boolean => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);

/** Whoever named an attribute like something else does not get to set that. */
const withoutReserved = (attributes: Attributes): Facts => pick(attributes, (name) => !isReservedAttribute(name));

const pick = (attributes: Attributes, told: (name: string) => boolean): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => told(name)));

function factsOf(account: StoreAccount, user: RegisteredUser): Facts {
  const { emailVerified: _claimed, ...attributes } = account.attributes;
  return {
    ...withoutReserved(attributes),
    // Only what an identity provider verified inside its trusted domains is verified, whatever the stored attribute says.
    ...(attributes.email === undefined ? {} : { emailVerified: user.origins.email?.verified === true }),
    roles: effectiveRoles(user, account),
    groups: account.groups,
    updatedAt: Math.floor(user.updatedAt / 1000),
  };
}
