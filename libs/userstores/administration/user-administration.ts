import { Inject, Injectable } from '@nestjs/common';
import { mayChangeHolder, mayGrantRoles, type AdminCaller } from '@foyer/admin-access';
import { CLOCK, Database, FoyerError, invalidInput, newId, type Clock, type Precondition, type Transaction } from '@foyer/platform';
import {
  USER_REGISTRY,
  USER_STORE_DIRECTORY,
  type Domain,
  type NewRegisteredUser,
  type UserRegistry,
  type UserStoreDirectory,
} from '../contract.js';
import { storeDisabled, storeReadOnly } from '../errors.js';
import { withoutGrants } from '../membership-grants.js';
import { searchableEmail } from '../registry/searchable-email.js';
import { searchableKeys } from '../registry/searchable-keys.js';
import type { NewAccount, PreparedPassword, UserStore } from '../store.js';
import type { RegisteredUser } from '../users.js';
import { USER_LIFECYCLE, type UserLifecycle } from './contract.js';
import { keepAnOwner } from './last-owner.js';
import { userChanges, withLocal, type UserChanges } from './user-changes.js';
import { checkPolicies, readChangedUser, readNewUser } from './user-input.js';
import { UsersReader, type FoundUser } from './users-reader.js';

/** A change on its way: what is there, and what is to become of it. */
interface Change extends FoundUser {
  readonly changes: UserChanges;
  readonly password: PreparedPassword | undefined;
}

/**
 * Creates, changes and deletes users for administrators. In a store that takes part in Foyer's transactions each is one transaction. For any
 * other, the registry is written before and after the store, so that a store that fails leaves nothing that doing it again does not mend.
 */
@Injectable()
export class UserAdministration {
  constructor(
    private readonly database: Database,
    private readonly reader: UsersReader,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(USER_LIFECYCLE) private readonly lifecycle: readonly UserLifecycle[],
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Returns the id.
   * @throws FoyerError `input.invalid`, `username.taken`, `role.notHeld`, `store.readOnly`, `store.disabled`, `store.unavailable`
   */
  async create(caller: AdminCaller, input: unknown): Promise<string> {
    const wanted = readNewUser(input);
    const domain = this.domain(wanted.userStore);
    checkPolicies(wanted, domain);
    mayGrantRoles(caller, wanted.roles);
    const { username, enabled, attributes, roles, groups } = wanted;
    const password = wanted.password === undefined ? undefined : await domain.store.preparePassword(wanted.password);
    const userId = newId();
    const account = { userId, username, enabled, attributes, roles, groups, ...(password && { password }) };
    await this.insert(domain, account);
    return userId;
  }

  /**
   * Applies a merge patch. One that changes nothing leaves the version as it is.
   * @throws FoyerError as `create`, and `user.notFound`, `version.stale`, `holder.privileged`, `owner.last`
   */
  async change(caller: AdminCaller, id: string, precondition: Precondition, patch: unknown): Promise<void> {
    const found = await this.reader.find(id);
    precondition.check(found.user);
    const wanted = readChangedUser(found, patch);
    const changes = userChanges(found, wanted);
    if (changes.none && wanted.password === undefined) return;
    mayChangeHolder(caller, found.account.roles);
    mayGrantRoles(caller, changes.rolesConcerned);
    checkPolicies(wanted, this.domain(found.user.userStore), { ...found.account, username: found.user.username });
    const password = wanted.password === undefined ? undefined : await found.store.preparePassword(wanted.password);
    const change = { ...found, changes, password };
    if (found.store.capabilities.transactional) await this.changeInside(change, wanted);
    else await this.changeOutside(change);
    if (changes.disables) await this.tellDisabled(id);
  }

  /** @throws FoyerError `user.notFound`, `version.stale`, `holder.privileged`, `owner.last`, `store.readOnly`, `store.unavailable` */
  async remove(caller: AdminCaller, id: string, precondition: Precondition): Promise<void> {
    const { user, store } = await this.reader.registered(id);
    precondition.check(user);
    const account = await store.find(id);
    mayChangeHolder(caller, account?.roles ?? []);
    if (!store.capabilities.transactional) await store.delete(id);
    await this.database.transaction(async (tx) => {
      await this.lockUnchanged(tx, user);
      if (account) await keepAnOwner(tx, user, account, undefined);
      for (const one of this.lifecycle) await one.removed(tx, id);
      if (store.capabilities.transactional) await store.delete(id, tx);
      await this.registry.remove(tx, id);
    });
    await this.tellDisabled(id);
  }

  private domain(name: string): Domain {
    const domain = this.stores.find(name);
    if (!domain) throw invalidInput([{ path: 'userStore', code: 'reference.unknown', message: 'is no domain of a user store' }]);
    if (!domain.enabled) throw storeDisabled(domain.domain);
    return domain;
  }

  private async insert({ store }: Domain, account: NewAccount): Promise<void> {
    if (!store.capabilities.create) throw storeReadOnly(store.domain);
    const createdAt = this.clock.now();
    const { userId, username, enabled, attributes } = account;
    const email = searchableEmail(attributes);
    const registration: Omit<NewRegisteredUser, 'status'> = {
      ...{ id: userId, userStore: store.domain, username, enabled, createdAt },
      ...(email !== undefined && { email }),
      keys: searchableKeys(attributes),
      origins: withLocal({}, Object.keys(attributes)),
    };
    if (store.capabilities.transactional) {
      await this.database.transaction(async (tx) => {
        await this.registry.insert(tx, { ...registration, status: 'active' });
        await store.create(account, tx);
      });
      return;
    }
    await this.database.transaction((tx) => this.registry.insert(tx, { ...registration, status: 'creating' }));
    try {
      await store.create(account);
    } catch (error) {
      await this.undoRegistration(store, userId, error);
      throw error;
    }
    await this.database.transaction((tx) => this.registry.activate(tx, userId, this.clock.now()));
  }

  /** A store that did not answer may have created the account: unless it can be deleted, the registration stays, for an administrator to delete. */
  private async undoRegistration(store: UserStore, userId: string, error: unknown): Promise<void> {
    const refused = error instanceof FoyerError && error.kind !== 'unavailable';
    try {
      if (!refused) await store.delete(userId);
    } catch {
      return;
    }
    await this.database.transaction((tx) => this.registry.remove(tx, userId));
  }

  private async changeInside(
    { user, account, store, changes, password }: Change,
    wanted: { enabled: boolean; roles: string[] },
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.lockUnchanged(tx, user);
      await keepAnOwner(tx, user, account, wanted);
      await this.registry.update(tx, user.id, changes.registry, this.clock.now());
      if (!changes.none) await store.update(user.id, changes.account, tx);
      if (password) await store.setPassword(user.id, password, tx);
    });
  }

  /** Who is disabled, and what is local now, counts from the first moment on; what could be undone counts when the store has it. */
  private async changeOutside({ user, store, changes, password }: Change): Promise<void> {
    const { username, email, keys, grants, ...rest } = changes.registry;
    const first = { ...rest, ...(grants && { grants: withoutGrants(user.grants, changes.given) }) };
    const { enabled, ...restrictive } = first;
    await this.database.transaction(async (tx) => {
      await this.lockUnchanged(tx, user);
      await this.registry.update(tx, user.id, enabled === false ? first : restrictive, this.clock.now());
    });
    if (!changes.none) await store.update(user.id, changes.account);
    if (password) await store.setPassword(user.id, password);
    const last = {
      ...(username !== undefined && { username }),
      ...(email !== undefined && { email }),
      ...(keys !== undefined && { keys }),
      ...(enabled === true && { enabled }),
    };
    if (Object.keys(last).length === 0 && changes.taken.length === 0) return;
    await this.database.transaction(async (tx) => {
      // A login may have come in between, and have been granted something.
      const current = await this.registry.lock(tx, user.id);
      if (!current) return;
      await this.registry.update(tx, user.id, { ...last, grants: withoutGrants(current.grants, changes.taken) }, this.clock.now());
    });
  }

  /** @throws FoyerError `user.notFound`, `version.stale` when somebody else was here since `user` was read */
  private async lockUnchanged(tx: Transaction, user: RegisteredUser): Promise<void> {
    const current = await this.registry.lock(tx, user.id);
    if (!current) throw new FoyerError('notFound', 'user.notFound', 'There is no user with this id.');
    if (current.version === user.version) return;
    throw new FoyerError(
      'preconditionFailed',
      'version.stale',
      'The user was changed in the meantime. Read it again, and repeat your change.',
    );
  }

  private async tellDisabled(userId: string): Promise<void> {
    for (const one of this.lifecycle) await one.disabled(userId);
  }
}
