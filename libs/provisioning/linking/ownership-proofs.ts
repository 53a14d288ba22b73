import { Inject, Injectable } from '@nestjs/common';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import { FoyerError, RateLimits } from '@foyer/platform';
import { USER_STORE_DIRECTORY, type UserStoreDirectory } from '@foyer/userstores';
import type { AskOwnership } from '../plan/plan-steps.js';
import type { OwnershipProof } from '../plan/snapshot.js';
import { linkKey } from './link-key.js';

/** A password with which somebody wants to prove that an account is theirs. It lives as long as its request. */
export interface ClaimedOwnership {
  readonly identity: ExternalIdentity;
  readonly identityProvider: IdentityProvider;
  readonly password: string;
  readonly address: string;
}

/**
 * Checks proofs of ownership. What fails counts against the external identity and the address that it came from, never against the account: its
 * owner can be locked out by nobody.
 */
@Injectable()
export class OwnershipProofs {
  constructor(
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(RateLimits) private readonly limits: Pick<RateLimits, 'checkFailures' | 'failed'>,
  ) {}

  async check({ userId, username, userStore }: AskOwnership, claimed: ClaimedOwnership): Promise<OwnershipProof> {
    const store = this.stores.find(userStore)?.store;
    if (!store) return { userId, problem: 'store.unavailable' };
    const who = `ownership ${linkKey({ ...claimed.identity, identityProviderId: claimed.identityProvider.id })}`;
    try {
      await this.limits.checkFailures(claimed.address, who);
      const account = await store.verifyPassword(username, claimed.password);
      if (account?.userId !== userId) {
        await this.limits.failed(claimed.address, who);
        return { userId, problem: 'ownership.wrong' };
      }
      // Guesses that were sent all at once passed the first check together; the failures among them count before one that is right.
      await this.limits.checkFailures(claimed.address, who);
      return { userId };
    } catch (error) {
      if (error instanceof FoyerError && error.kind === 'tooMany') {
        return { userId, problem: 'ownership.tooMany', ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }) };
      }
      if (error instanceof FoyerError && error.kind === 'unavailable') return { userId, problem: 'store.unavailable' };
      throw error;
    }
  }
}
