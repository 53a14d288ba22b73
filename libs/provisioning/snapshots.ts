import { Inject, Injectable } from '@nestjs/common';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import { Database, FoyerError } from '@foyer/platform';
import {
  USER_REGISTRY,
  USER_STORE_DIRECTORY,
  type Domain,
  type StoreAccount,
  type UserRegistry,
  type UserStoreDirectory,
} from '@foyer/userstores';
import { storeFailure } from './apply/applied.js';
import { AccountLinks } from './linking/account-links.js';
import { keyProblem } from './linking/link-key.js';
import type { Snapshot, StoreFailure } from './plan/snapshot.js';
import { claimedUsername } from './plan/username.js';

export interface SnapshotRequest {
  readonly identity: ExternalIdentity;
  readonly identityProvider: IdentityProvider;
}

/** A snapshot, and the error of a store that could not be read for it. */
export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  readonly cause?: FoyerError;
}

/**
 * Reads what `plan()` has to know, outside of any transaction: for a person who has an account, the link, the registry's row and the account.
 * Writes nothing.
 */
@Injectable()
export class Snapshots {
  constructor(
    private readonly database: Database,
    private readonly links: AccountLinks,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
  ) {}

  /** @param failure of the store, when an earlier attempt of this login met it: the store is not asked again then */
  async load({ identity, identityProvider }: SnapshotRequest, failure?: StoreFailure): Promise<LoadedSnapshot> {
    if (keyProblem(identity)) return { snapshot: { usernameTaken: false } };
    const link = await this.links.find(this.database.read, { ...identity, identityProviderId: identityProvider.id });
    const user = link && link.status !== 'tombstone' ? await this.registry.find(this.database.read, link.userId) : undefined;
    const known = { ...(link && { link }), ...(user && { user }) };
    if (!user && !identityProvider.jit.enabled) return { snapshot: { ...known, usernameTaken: false } };
    const domain = this.stores.find(user?.userStore ?? identityProvider.jit.userStore);
    if (!domain) return { snapshot: { ...known, usernameTaken: false } };
    const { enabled, policies, store } = domain;
    const view = { domain: domain.domain, enabled, policies, capabilities: store.capabilities };
    const read = await this.reading(domain, failure, (ask) =>
      user ? this.account(user.id, ask) : this.owner(domain, { identity, identityProvider }, ask),
    );
    // Theirs, if another login of the same person made the account after the link was looked up: it shows together with its link.
    if (read.snapshot.usernameTaken && (await this.hasUser({ identity, identityProvider }))) {
      return this.load({ identity, identityProvider }, failure);
    }
    return { ...read, snapshot: { ...known, store: view, ...read.snapshot } };
  }

  private async hasUser({ identity, identityProvider }: SnapshotRequest): Promise<boolean> {
    const link = await this.links.find(this.database.read, { ...identity, identityProviderId: identityProvider.id });
    return link !== undefined && link.status !== 'tombstone' && (await this.registry.find(this.database.read, link.userId)) !== undefined;
  }

  /** Reads from the store as far as it can be asked; what it could not tell is left out, and its failure is part of the snapshot. */
  private async reading(
    { enabled, store }: Domain,
    failure: StoreFailure | undefined,
    read: (ask: Domain['store'] | undefined) => Promise<Pick<Snapshot, 'account' | 'usernameTaken'>>,
  ): Promise<LoadedSnapshot> {
    if (failure || !enabled) return { snapshot: { ...(await read(undefined)), ...(failure && { failure }) } };
    try {
      return { snapshot: await read(store) };
    } catch (error) {
      if (!(error instanceof FoyerError)) throw error;
      return { snapshot: { ...(await read(undefined)), failure: storeFailure(error) }, cause: error };
    }
  }

  private async account(userId: string, ask: Domain['store'] | undefined): Promise<{ account?: StoreAccount; usernameTaken: boolean }> {
    const account = await ask?.find(userId);
    return { ...(account && { account }), usernameTaken: false };
  }

  /** Whose the username is: the registry knows all users of a store in Foyer's own database, any other store may have more accounts. */
  private async owner(
    { domain, policies }: Domain,
    request: SnapshotRequest,
    ask: Domain['store'] | undefined,
  ): Promise<{ usernameTaken: boolean }> {
    const claimed = claimedUsername(request);
    if ('reason' in claimed || policies.username(claimed.username)) return { usernameTaken: false };
    if (await this.registry.findByUsername(this.database.read, domain, claimed.username)) return { usernameTaken: true };
    if (!ask || ask.capabilities.transactional) return { usernameTaken: false };
    return { usernameTaken: (await ask.findByUsername(claimed.username)) !== undefined };
  }
}
