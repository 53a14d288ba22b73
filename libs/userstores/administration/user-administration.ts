import { Inject, Injectable } from '@nestjs/common';
import { mayChangeHolder, mayGrantRoles, type AdminCaller } from '@foyer/admin-access';
import { CLOCK, Database, invalidInput, newId, type Clock, type Precondition } from '@foyer/platform';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type Domain, type UserRegistry, type UserStoreDirectory } from '../contract.js';
import { accountNotFound, storeDisabled } from '../errors.js';
import type { StoreAccount } from '../store.js';
import type { RegisteredUser } from '../users.js';
import { USER_LIFECYCLE, USER_LINKS, type UserLifecycle, type UserLinks } from './contract.js';
import { keepAnOwner } from './last-owner.js';
import { userChanges } from './user-changes.js';
import { checkLinks, checkPolicies, expiryOf, readChangedUser, readNewUser } from './user-input.js';
import { UserWriter } from './user-writer.js';
import { UsersReader, type FoundUser } from './users-reader.js';

/** Creates, changes and deletes users for administrators, as far as the caller may. */
@Injectable()
export class UserAdministration {
  constructor(
    private readonly database: Database,
    private readonly reader: UsersReader,
    private readonly writer: UserWriter,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(USER_LINKS) private readonly links: UserLinks,
    @Inject(USER_LIFECYCLE) private readonly lifecycle: readonly UserLifecycle[],
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Returns the id.
   * @throws FoyerError `input.invalid`, `username.taken`, `link.taken`, `role.notHeld`, `store.readOnly`, `store.disabled`, `store.unavailable`
   */
  async create(caller: AdminCaller, input: unknown): Promise<string> {
    const wanted = readNewUser(input);
    const domain = this.domain(wanted.userStore);
    checkPolicies(wanted, domain);
    checkLinks(wanted.links, wanted.links, this.links);
    mayGrantRoles(caller, wanted.roles);
    const { username, enabled, attributes, roles, groups, locked, links } = wanted;
    const password = wanted.password === undefined ? undefined : await domain.store.preparePassword(wanted.password);
    const userId = newId();
    const account = { userId, username, enabled, attributes, roles, groups, ...(password && { password }) };
    const expiresAt = expiryOf(wanted);
    await this.writer.insert(domain.store, { account, locked, links, ...(expiresAt !== undefined && { expiresAt }) });
    return userId;
  }

  /**
   * Applies a merge patch. One that changes nothing leaves the version as it is.
   * @throws FoyerError as `create`, and `user.notFound`, `version.stale`, `holder.privileged`, `owner.last`, `link.last`
   */
  async change(caller: AdminCaller, id: string, precondition: Precondition, patch: unknown): Promise<void> {
    const { user, store } = await this.reader.registered(id);
    if (user.status === 'creating') return this.changeReserved({ user, account: noAccount(user), store, links: [] }, precondition, patch);
    const found = await this.reader.find(id);
    precondition.check(found.user);
    const wanted = readChangedUser(found, patch);
    const changes = userChanges(found, wanted, this.clock.now());
    if (changes.none && wanted.password === undefined) return;
    mayChangeHolder(caller, found.account.roles);
    mayGrantRoles(caller, changes.rolesConcerned);
    checkPolicies(wanted, this.domain(found.user.userStore), { ...found.account, username: found.user.username });
    checkLinks(changes.relinks?.add ?? [], wanted.links, this.links);
    const password = wanted.password === undefined ? undefined : await found.store.preparePassword(wanted.password);
    const { enabled, roles, locked } = wanted;
    const expiresAt = expiryOf(wanted);
    const after = { enabled, roles, locked, ...(expiresAt !== undefined && { expiresAt }) };
    const unlinked = await this.writer.change({ ...found, changes, password, after });
    if (changes.disables) await this.tellDisabled(id);
    for (const providerId of unlinked) await this.tellUnlinked(id, providerId);
  }

  /** @throws FoyerError `user.notFound`, `version.stale`, `holder.privileged`, `owner.last`, `store.readOnly`, `store.unavailable` */
  async remove(caller: AdminCaller, id: string, precondition: Precondition): Promise<void> {
    const { user, store } = await this.reader.registered(id);
    precondition.check(user);
    const account = await store.find(id);
    mayChangeHolder(caller, account?.roles ?? []);
    if (!store.capabilities.transactional) await store.delete(id);
    await this.database.transaction(async (tx) => {
      await this.writer.lockUnchanged(tx, user);
      if (account) await keepAnOwner(tx, user, account, undefined);
      for (const one of this.lifecycle) await one.removed(tx, id);
      if (store.capabilities.transactional) await store.delete(id, tx);
      await this.registry.remove(tx, id);
    });
    await this.tellDisabled(id);
  }

  /**
   * Nobody's store has the account yet, and their person may be logged in: they can be kept out, and nothing else.
   * @throws FoyerError `account.notFound` for any other change
   */
  private async changeReserved(found: FoundUser, precondition: Precondition, patch: unknown): Promise<void> {
    precondition.check(found.user);
    const wanted = readChangedUser(found, patch);
    const changes = userChanges(found, wanted, this.clock.now());
    const { enabled: _switched, ...ofAccount } = changes.account;
    const more = Object.keys(ofAccount).length > 0 || changes.relinks !== undefined || wanted.password !== undefined;
    if (more) throw accountNotFound(found.user.userStore);
    if (changes.none) return;
    await this.database.transaction(async (tx) => {
      await this.writer.lockUnchanged(tx, found.user);
      await this.registry.update(tx, found.user.id, changes.registry, this.clock.now());
    });
    if (changes.disables) await this.tellDisabled(found.user.id);
  }

  private domain(name: string): Domain {
    const domain = this.stores.find(name);
    if (!domain) throw invalidInput([{ path: 'userStore', code: 'reference.unknown', message: 'is no domain of a user store' }]);
    if (!domain.enabled) throw storeDisabled(domain.domain);
    return domain;
  }

  private async tellDisabled(userId: string): Promise<void> {
    for (const one of this.lifecycle) await one.disabled(userId);
  }

  private async tellUnlinked(userId: string, identityProviderId: string): Promise<void> {
    for (const one of this.lifecycle) await one.unlinked?.(userId, identityProviderId);
  }
}

const noAccount = ({ id: userId, username, enabled }: RegisteredUser): StoreAccount => ({
  ...{ userId, username, enabled, attributes: {}, roles: [], groups: [] },
});
