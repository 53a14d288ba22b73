import { Inject, Injectable } from '@nestjs/common';
import type { AdminAccounts } from '@foyer/admin-access';
import { CLOCK, Database, type Clock } from '@foyer/platform';
import { accountStatusProblem } from '../account-status.js';
import { effectiveRoles } from '../effective-roles.js';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type UserRegistry, type UserStoreDirectory } from '../contract.js';

/** What a user who calls the admin API is at this moment. */
@Injectable()
export class UserAccounts implements AdminAccounts {
  constructor(
    private readonly database: Database,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws FoyerError `store.unavailable`, `store.disabled` */
  async find(userId: string): Promise<{ readonly enabled: boolean; readonly roles: readonly string[] } | undefined> {
    const user = await this.registry.find(this.database.read, userId);
    if (user?.status !== 'active') return undefined;
    const account = await this.stores.find(user.userStore)?.store.find(userId);
    return (
      account && { enabled: accountStatusProblem(user, account, this.clock.now()) === undefined, roles: effectiveRoles(user, account) }
    );
  }
}
