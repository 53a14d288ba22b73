import { Inject, Injectable } from '@nestjs/common';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider, MatchAttribute } from '@foyer/identity-providers';
import { Database, FoyerError } from '@foyer/platform';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type RegisteredUser, type UserRegistry, type UserStoreDirectory } from '@foyer/userstores';
import { matchValues } from '../plan/matching.js';
import type { Place } from '../plan/place.js';
import type { MatchedUser } from '../plan/snapshot.js';

/** Looks for accounts that exist and may be a person's, as the identity provider's matching rules say. */
@Injectable()
export class MatchedUsers {
  constructor(
    private readonly database: Database,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
  ) {}

  /** Whom the first rule found that finds any, at most two. A store that does not show an account leaves it out of what is found of the user. */
  async find(
    request: { readonly identity: ExternalIdentity; readonly identityProvider: IdentityProvider },
    place: Place,
  ): Promise<{ matches: readonly MatchedUser[]; cause?: FoyerError }> {
    for (const { attribute, value } of matchValues(request, place)) {
      // A username says who somebody is only within a store; the other values do across all of them.
      const domain = attribute === 'username' ? place.store.domain : undefined;
      const users = await this.registry.matching(this.database.read, attribute, value, domain);
      const [only] = users;
      if (only && users.length === 1) return this.withAccount(only, attribute);
      if (users.length > 1) return { matches: users.map((user) => ({ user, by: attribute })) };
    }
    return { matches: [] };
  }

  private async withAccount(user: RegisteredUser, by: MatchAttribute): Promise<{ matches: readonly MatchedUser[]; cause?: FoyerError }> {
    const domain = this.stores.find(user.userStore);
    if (!domain?.enabled) return { matches: [{ user, by }] };
    try {
      const account = await domain.store.find(user.id);
      return { matches: [{ user, by, ...(account && { account }) }] };
    } catch (error) {
      if (!(error instanceof FoyerError)) throw error;
      return { matches: [{ user, by }], cause: error };
    }
  }
}
