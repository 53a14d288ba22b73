import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, Database, type Clock } from '@foyer/platform';
import { LinksOfUsers, type LeadingLink } from '@foyer/provisioning';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type RegisteredUser, type UserRegistry, type UserStoreDirectory } from '@foyer/userstores';
import { Authentications } from '../authentications.js';

/** The identities by which a person logs in, as they themselves may change them. */
@Injectable()
export class OwnLinks {
  constructor(
    private readonly database: Database,
    private readonly links: LinksOfUsers,
    private readonly authentications: Authentications,
    @Inject(USER_REGISTRY) private readonly registry: Pick<UserRegistry, 'lock' | 'update'>,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: Pick<UserStoreDirectory, 'find'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws FoyerError `store.unavailable` */
  async of(user: RegisteredUser): Promise<readonly LeadingLink[]> {
    return this.links.ofUser(this.database.read, user.id, await this.hasPassword(user));
  }

  /**
   * Takes a link away, and ends at once what the person is logged in to by that identity provider. One that is not theirs, or gone already, stays.
   * @throws FoyerError `link.last`, `store.unavailable`
   */
  async unlink(user: RegisteredUser, linkId: string): Promise<void> {
    const hasPassword = await this.hasPassword(user);
    const identityProviderId = await this.database.transaction(async (tx) => {
      if (!(await this.registry.lock(tx, user.id))) return undefined;
      const unlinked = await this.links.unlink(tx, user.id, linkId, hasPassword);
      // The links are a part of the user that administrators see and change.
      if (unlinked !== undefined) await this.registry.update(tx, user.id, {}, this.clock.now());
      return unlinked;
    });
    if (identityProviderId !== undefined) await this.authentications.revokeLink(user.id, identityProviderId);
  }

  /** An account that is yet to be made has none, whether or not its store answers. */
  private async hasPassword({ id, userStore, status }: RegisteredUser): Promise<boolean> {
    if (status === 'creating') return false;
    return (await this.stores.find(userStore)?.store.hasPassword(id)) ?? false;
  }
}
