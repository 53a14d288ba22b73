import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, Database, FoyerError, type Clock, type Transaction } from '@foyer/platform';
import { USER_REGISTRY, type NewRegisteredUser, type RegistryChanges, type UserRegistry } from '../contract.js';
import { storeReadOnly } from '../errors.js';
import { withoutGrants } from '../membership-grants.js';
import { searchableEmail } from '../registry/searchable-email.js';
import { searchableKeys } from '../registry/searchable-keys.js';
import type { NewAccount, PreparedPassword, UserStore } from '../store.js';
import type { RegisteredUser } from '../users.js';
import { USER_LIFECYCLE, USER_LINKS, type NamedIdentity, type UserLifecycle, type UserLinks } from './contract.js';
import { keepAnOwner, type OwnerStanding } from './last-owner.js';
import { withLocal, type UserChanges } from './user-changes.js';
import type { FoundUser } from './users-reader.js';

/** A user on the way in. */
export interface NewUser extends Pick<NewRegisteredUser, 'locked' | 'expiresAt'> {
  readonly account: NewAccount;
  readonly links: readonly NamedIdentity[];
}

/** A change on its way: what is there, and what is to become of it. */
export interface Change extends FoundUser {
  readonly changes: UserChanges;
  readonly password: PreparedPassword | undefined;
  readonly after: OwnerStanding;
}

/**
 * Writes users as administrators want them. In a store that takes part in Foyer's transactions each is one transaction. For any other, the
 * registry is written before and after the store, so that a store that fails leaves nothing that doing it again does not mend.
 */
@Injectable()
export class UserWriter {
  constructor(
    private readonly database: Database,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_LINKS) private readonly links: UserLinks,
    @Inject(USER_LIFECYCLE) private readonly lifecycle: readonly UserLifecycle[],
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws FoyerError `username.taken`, `link.taken`, `store.readOnly`, `store.unavailable` */
  async insert(store: UserStore, user: NewUser): Promise<void> {
    if (!store.capabilities.create) throw storeReadOnly(store.domain);
    const { account, links } = user;
    const registration = this.registration(store, user);
    const finish = async (tx: Transaction): Promise<void> => {
      await this.links.change(tx, account.userId, { add: links, remove: [], hasPassword: account.password !== undefined });
    };
    if (store.capabilities.transactional) {
      await this.database.transaction(async (tx) => {
        await this.registry.insert(tx, { ...registration, status: 'active' });
        await store.create(account, tx);
        await finish(tx);
      });
      return;
    }
    await this.database.transaction((tx) => this.registry.insert(tx, { ...registration, status: 'creating' }));
    await this.createOutside(store, account, finish);
  }

  /** Returns the ids of the identity providers that the user was unlinked from. @throws FoyerError as `UserAdministration.change` */
  change(change: Change): Promise<readonly string[]> {
    return change.store.capabilities.transactional ? this.changeInside(change) : this.changeOutside(change);
  }

  /** The first call of a transaction. @throws FoyerError `user.notFound`, `version.stale` when somebody else was here since `user` was read */
  async lockUnchanged(tx: Transaction, user: RegisteredUser): Promise<void> {
    for (const one of this.lifecycle) await one.changing?.(tx, user.id);
    const current = await this.registry.lock(tx, user.id);
    if (!current) throw new FoyerError('notFound', 'user.notFound', 'There is no user with this id.');
    if (current.version === user.version) return;
    throw new FoyerError(
      'preconditionFailed',
      'version.stale',
      'The user was changed in the meantime. Read it again, and repeat your change.',
    );
  }

  private registration(store: UserStore, { account, locked, expiresAt }: NewUser): Omit<NewRegisteredUser, 'status'> {
    const { userId: id, username, enabled, attributes } = account;
    const email = searchableEmail(attributes);
    const createdAt = this.clock.now();
    return {
      ...{ id, userStore: store.domain, username, enabled, createdAt },
      ...(locked !== undefined && { locked }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(email !== undefined && { email }),
      keys: searchableKeys(attributes),
      origins: withLocal({}, Object.keys(attributes), createdAt),
    };
  }

  private async createOutside(store: UserStore, account: NewAccount, finish: (tx: Transaction) => Promise<void>): Promise<void> {
    const { userId } = account;
    try {
      await store.create(account);
    } catch (error) {
      const refused = error instanceof FoyerError && error.kind !== 'unavailable';
      await this.undoRegistration(store, userId, refused);
      throw error;
    }
    try {
      await this.database.transaction(async (tx) => {
        await this.registry.activate(tx, userId, this.clock.now());
        await finish(tx);
      });
    } catch (error) {
      await this.undoRegistration(store, userId, false);
      throw error;
    }
  }

  /**
   * A store that did not answer may have created the account: unless it can be deleted, the registration stays, for an administrator to delete.
   * @param refused the store certainly has no account
   */
  private async undoRegistration(store: UserStore, userId: string, refused: boolean): Promise<void> {
    try {
      if (!refused) await store.delete(userId);
    } catch {
      return;
    }
    await this.database.transaction((tx) => this.registry.remove(tx, userId));
  }

  private changeInside({ user, account, store, changes, password, after }: Change): Promise<readonly string[]> {
    return this.database.transaction(async (tx) => {
      await this.lockUnchanged(tx, user);
      await keepAnOwner(tx, user, account, after);
      await this.registry.update(tx, user.id, changes.registry, this.clock.now());
      if (changes.inStore) await store.update(user.id, changes.account, tx);
      if (password) await store.setPassword(user.id, password, tx);
      if (changes.relinks === undefined) return [];
      const hasPassword = password !== undefined || (await store.hasPassword(user.id, tx));
      return this.links.change(tx, user.id, { ...changes.relinks, hasPassword });
    });
  }

  /** What restricts, and what is local now, counts from the first moment on; what could be undone counts when the store has it. */
  private async changeOutside({ user, store, changes, password }: Change): Promise<readonly string[]> {
    const { first, last } = inTwo(changes, user);
    const { relinks } = changes;
    const hasPassword = password !== undefined || (relinks !== undefined && (await store.hasPassword(user.id)));
    const unlinked = await this.database.transaction(async (tx) => {
      await this.lockUnchanged(tx, user);
      await this.registry.update(tx, user.id, first, this.clock.now());
      return relinks ? this.links.change(tx, user.id, { ...relinks, hasPassword }) : [];
    });
    if (changes.inStore) await store.update(user.id, changes.account);
    if (password) await store.setPassword(user.id, password);
    if (Object.keys(last).length === 0 && changes.taken.length === 0) return unlinked;
    await this.database.transaction(async (tx) => {
      // A login may have come in between, and have been granted something.
      const current = await this.registry.lock(tx, user.id);
      if (!current) return;
      await this.registry.update(tx, user.id, { ...last, grants: withoutGrants(current.grants, changes.taken) }, this.clock.now());
    });
    return unlinked;
  }
}

/** The changes of the registry that come before the store's, and those that come after. */
function inTwo(
  { registry, given }: UserChanges,
  user: RegisteredUser,
): { readonly first: RegistryChanges; readonly last: RegistryChanges } {
  const { origins, grants, ...others } = registry;
  const restricting = ([name, value]: [string, unknown]): boolean => {
    if (name === 'enabled') return value === false;
    if (name === 'locked') return value === true;
    return name === 'expiresAt' && typeof value === 'number' && value <= (user.expiresAt ?? value);
  };
  const entries = Object.entries(others);
  return {
    first: {
      ...(origins && { origins }),
      ...(grants && { grants: withoutGrants(user.grants, given) }),
      ...Object.fromEntries(entries.filter(restricting)),
    },
    last: Object.fromEntries(entries.filter((entry) => !restricting(entry))),
  };
}
