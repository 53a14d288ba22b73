import { Inject, Injectable } from '@nestjs/common';
import { ownerRole } from '@foyer/admin-access';
import { ConsentPurposes, Receipts } from '@foyer/consent';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import { Database, FoyerError } from '@foyer/platform';
import {
  hasOwner,
  membershipKey,
  primaryDomain,
  USER_REGISTRY,
  USER_STORE_DIRECTORY,
  type Domain,
  type RegisteredUser,
  type StoreAccount,
  type UserRegistry,
  type UserStoreDirectory,
} from '@foyer/userstores';
import { storeFailure } from './apply/applied.js';
import { AccountLinks } from './linking/account-links.js';
import { keyProblem } from './linking/link-key.js';
import { MatchedUsers } from './linking/matched-users.js';
import type { Answers } from './plan/answers.js';
import { OpenJobs } from './deferred/open-jobs.js';
import { placeOf, type Place } from './plan/place.js';
import { isDeferred, type PlanInput } from './plan/plan-input.js';
import type { OwnershipProof, Snapshot, StoreFailure, StoreView } from './plan/snapshot.js';

export interface SnapshotRequest extends Pick<PlanInput, 'during'> {
  readonly identity: ExternalIdentity;
  readonly identityProvider: IdentityProvider;
  readonly answers?: Answers;
  /** What became of a proof of ownership in this request. */
  readonly ownership?: OwnershipProof;
}

/** A snapshot, and the error of a store that could not be read for it. */
export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  readonly cause?: FoyerError;
}

type Known = Pick<Snapshot, 'link' | 'user' | 'stores' | 'ownership' | 'purposes' | 'receipts' | 'jobs'>;
type Read = Pick<Snapshot, 'account' | 'usernameTaken' | 'failure'> & { readonly cause?: FoyerError };

const nobody: Pick<Snapshot, 'usernameTaken' | 'matches' | 'isLastOwner'> = { usernameTaken: false, matches: [], isLastOwner: false };

/**
 * Reads what `plan()` has to know, outside of any transaction: for a person who has an account, the link, the registry's row and the account. Where the
 * decision is left to a job, no store is asked.
 * Writes nothing.
 */
@Injectable()
export class Snapshots {
  private readonly views = new WeakMap<Domain, StoreView>();

  constructor(
    private readonly database: Database,
    private readonly links: AccountLinks,
    private readonly matched: MatchedUsers,
    @Inject(ConsentPurposes) private readonly purposes: Pick<ConsentPurposes, 'of'>,
    private readonly receipts: Receipts,
    private readonly jobs: OpenJobs,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
  ) {}

  /** @param failure of the store, when an earlier attempt of this login met it: the store is not asked again then */
  async load(request: SnapshotRequest, failure?: StoreFailure): Promise<LoadedSnapshot> {
    const { identity, identityProvider } = request;
    const known = await this.known(request);
    if (keyProblem(identity)) return { snapshot: { ...known, ...nobody } };
    const { user } = known;
    if (user) return this.ofAccount(request, known, user, failure);
    const place = identityProvider.jit.enabled ? placeOf({ identity, identityProvider, snapshot: known }) : undefined;
    return place && !('reason' in place) ? this.ofNewcomer(request, known, place, failure) : { snapshot: { ...known, ...nobody } };
  }

  private async known({ identity, identityProvider, ownership }: SnapshotRequest): Promise<Known> {
    const stores = this.stores.all().map((domain) => this.view(domain));
    const purposes = this.purposes.of(identityProvider);
    const common = { stores, purposes, ...(ownership && { ownership }) };
    if (keyProblem(identity)) return { ...common, receipts: [] };
    const link = await this.links.find(this.database.read, { ...identity, identityProviderId: identityProvider.id });
    const lives = link && link.status !== 'tombstone' ? link : undefined;
    const user = lives && (await this.registry.find(this.database.read, lives.userId));
    const receipts = lives && purposes.length > 0 ? await this.receipts.current(this.database.read, lives.userId) : [];
    const jobs = lives && lives.deferredAt !== null ? await this.jobs.of(lives) : undefined;
    return { ...common, ...(link && { link }), ...(user && { user }), ...(jobs && { jobs }), receipts };
  }

  private async ofAccount(request: SnapshotRequest, known: Known, user: RegisteredUser, failure?: StoreFailure): Promise<LoadedSnapshot> {
    const domain = this.stores.find(user.userStore);
    const read = domain ? await this.reading(request, domain, failure, (ask) => this.account(user.id, ask)) : { usernameTaken: false };
    const { cause, ...account } = read;
    const isLastOwner = await this.isLastOwner(request, user, account.account);
    return { snapshot: { ...nobody, ...known, ...account, isLastOwner }, ...(cause && { cause }) };
  }

  private async ofNewcomer(request: SnapshotRequest, known: Known, place: Place, failure?: StoreFailure): Promise<LoadedSnapshot> {
    const domain = this.stores.find(place.store.domain);
    if (!domain) return { snapshot: { ...known, ...nobody } };
    const { cause, ...read } = await this.reading(request, domain, failure, (ask) => this.owner(domain, usernameIn(request, place), ask));
    const found = await this.matched.find(request, place);
    // Theirs, if another login of the same person made the account after the link was looked up: it shows together with its link.
    if ((read.usernameTaken || found.matches.length > 0) && (await this.hasUser(request))) return this.load(request, failure);
    const receipts = await this.receiptsOf(found.matches[0]?.user, known);
    const snapshot = {
      ...nobody,
      ...known,
      ...read,
      ...(found.cause && { failure: storeFailure(found.cause) }),
      matches: found.matches,
      receipts,
    };
    return { snapshot, ...((cause ?? found.cause) && { cause: cause ?? found.cause }) };
  }

  /** What the person decided about purposes belongs to the account that they would be linked to. */
  private async receiptsOf(matched: RegisteredUser | undefined, { purposes, receipts }: Known): Promise<Snapshot['receipts']> {
    return matched && purposes.length > 0 ? this.receipts.current(this.database.read, matched.id) : receipts;
  }

  /** Asked only where the answer counts. */
  private async isLastOwner(request: SnapshotRequest, user: RegisteredUser, account: StoreAccount | undefined): Promise<boolean> {
    if (request.identityProvider.roles.revoke === 'never' || user.userStore !== primaryDomain) return false;
    const owns = isDeferred(request) ? isGranted(user, ownerRole) : account?.roles.includes(ownerRole);
    if (!owns) return false;
    return !(await hasOwner(this.database.read, user.id));
  }

  private async hasUser({ identity, identityProvider }: SnapshotRequest): Promise<boolean> {
    const link = await this.links.find(this.database.read, { ...identity, identityProviderId: identityProvider.id });
    return link !== undefined && link.status !== 'tombstone' && (await this.registry.find(this.database.read, link.userId)) !== undefined;
  }

  /** Reads from the store as far as it can be asked; what it could not tell is left out, and its failure is part of the snapshot. */
  private async reading(
    request: SnapshotRequest,
    { enabled, store }: Domain,
    failure: StoreFailure | undefined,
    read: (ask: Domain['store'] | undefined) => Promise<Pick<Snapshot, 'account' | 'usernameTaken'>>,
  ): Promise<Read> {
    if (failure || !enabled || isDeferred(request)) return { ...(await read(undefined)), ...(failure && { failure }) };
    try {
      return await read(store);
    } catch (error) {
      if (!(error instanceof FoyerError)) throw error;
      return { ...(await read(undefined)), failure: storeFailure(error), cause: error };
    }
  }

  private async account(userId: string, ask: Domain['store'] | undefined): Promise<{ account?: StoreAccount; usernameTaken: boolean }> {
    const account = await (ask?.capabilities.readOnly ? ask.find(userId) : ask?.findSettled(userId));
    return { ...(account && { account }), usernameTaken: false };
  }

  /** Whose the username is: the registry knows all users of a store in Foyer's own database, any other store may have more accounts. */
  private async owner(
    { domain, policies }: Domain,
    username: string | undefined,
    ask: Domain['store'] | undefined,
  ): Promise<{ usernameTaken: boolean }> {
    if (username === undefined || policies.username(username)) return { usernameTaken: false };
    if (await this.registry.findByUsername(this.database.read, domain, username)) return { usernameTaken: true };
    if (!ask || ask.capabilities.transactional) return { usernameTaken: false };
    return { usernameTaken: (await ask.findByUsername(username)) !== undefined };
  }

  private view(domain: Domain): StoreView {
    const known = this.views.get(domain);
    if (known) return known;
    const { enabled, policies, store } = domain;
    const view = { domain: domain.domain, enabled, policies, capabilities: store.capabilities };
    this.views.set(domain, view);
    return view;
  }
}

/** Whether some identity provider gave the user a role, as far as the registry knows. */
const isGranted = ({ grants }: RegisteredUser, name: string): boolean => Object.hasOwn(grants, membershipKey({ kind: 'role', name }));

/** The username that a new account would get: as the person typed it where they may, else as the identity provider says. */
function usernameIn({ identityProvider, answers }: SnapshotRequest, { claimed }: Place): string | undefined {
  const typed = identityProvider.jit.prompt.startsWith('username') ? answers?.username : undefined;
  return typed ?? ('reason' in claimed ? undefined : claimed.username);
}
