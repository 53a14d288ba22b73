import { Inject, Injectable } from '@nestjs/common';
import { Database, FoyerError, mapPage, type Page } from '@foyer/platform';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type UserRegistry, type UserStoreDirectory } from '../contract.js';
import { effectiveRoles } from '../effective-roles.js';
import { accountNotFound } from '../errors.js';
import type { UserRow } from '../registry/user-row.js';
import type { StoreAccount, UserStore } from '../store.js';
import type { RegisteredUser } from '../users.js';
import { USER_LINKS, type UserLink, type UserLinks } from './contract.js';
import type { UserDto } from './user.dto.js';
import { originsOf } from './user-origins.js';
import type { UserOriginsDto } from './user-origins.dto.js';
import { usersPage } from './users-list.js';

/** A user as registered and as the store holds it. */
export interface FoundUser {
  readonly user: RegisteredUser;
  readonly account: StoreAccount;
  readonly store: UserStore;
  readonly links: readonly UserLink[];
}

/** Users as administrators see them: the registry, the store and the links together. */
@Injectable()
export class UsersReader {
  constructor(
    private readonly database: Database,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(USER_LINKS) private readonly links: UserLinks,
  ) {}

  async page(query: Readonly<Record<string, unknown>>): Promise<Page<UserDto>> {
    const page = await usersPage(this.database.read, this.links, query);
    const ids = page.items.map(({ id }) => id);
    const [accounts, links] = await Promise.all([this.accountsOf(page.items), this.links.linksOf(ids)]);
    return mapPage(page, (row) => {
      const found = accounts.get(row.userStore);
      const dto = toDto(row, found?.get(row.id), links.get(row.id) ?? []);
      if (!found) dto.storeUnavailable = true;
      return dto;
    });
  }

  /** Of a user that the store has not yet, it is not asked. @throws FoyerError `user.notFound`, `store.unavailable` */
  async read(id: string): Promise<{ readonly dto: UserDto; readonly version: number }> {
    const { user, store } = await this.registered(id);
    const [account, links] = await Promise.all([user.status === 'active' ? store.find(id) : undefined, this.links.linksOf([id])]);
    return { dto: toDto(user, account, links.get(id) ?? []), version: user.version };
  }

  /** @throws FoyerError `user.notFound`, `store.unavailable`, `account.notFound` for a user that the store has not, or not yet */
  async find(id: string): Promise<FoundUser> {
    const { user, store } = await this.registered(id);
    const [account, links] = await Promise.all([store.find(id), this.links.linksOf([id])]);
    if (!account) throw accountNotFound(user.userStore);
    return { user, account, store, links: links.get(id) ?? [] };
  }

  /** Why a user has what they have. @throws FoyerError as `find` */
  async origins(id: string): Promise<UserOriginsDto> {
    const { user, account } = await this.find(id);
    return originsOf(user, account, (providerId) => this.links.providerName(providerId));
  }

  /** @throws FoyerError `user.notFound` */
  async registered(id: string): Promise<{ readonly user: RegisteredUser; readonly store: UserStore }> {
    const user = await this.registry.find(this.database.read, id);
    const store = user && this.stores.find(user.userStore)?.store;
    if (!user || !store) throw new FoyerError('notFound', 'user.notFound', 'There is no user with this id.');
    return { user, store };
  }

  /** By domain. A store that does not answer is left out: it must not take the list with it. */
  private async accountsOf(rows: readonly UserRow[]): Promise<ReadonlyMap<string, ReadonlyMap<string, StoreAccount>>> {
    const domains = [...new Set(rows.map(({ userStore }) => userStore))];
    const found = await Promise.all(
      domains.map(async (domain) => {
        const ids = rows.filter(({ userStore }) => userStore === domain).map(({ id }) => id);
        return [domain, await this.accountsIn(domain, ids)] as const;
      }),
    );
    return new Map(found.flatMap(([domain, accounts]) => (accounts ? [[domain, accounts] as const] : [])));
  }

  private async accountsIn(domain: string, ids: readonly string[]): Promise<ReadonlyMap<string, StoreAccount> | undefined> {
    try {
      return await this.stores.find(domain)?.store.findMany(ids);
    } catch (error) {
      if (error instanceof FoyerError) return undefined;
      throw error;
    }
  }
}

type Registered = Pick<RegisteredUser, 'id' | 'username' | 'userStore' | 'enabled' | 'locked' | 'createdAt' | 'updatedAt'> & {
  readonly expiresAt?: number | null;
  readonly suspendedRoles: readonly string[] | null;
};

function toDto(user: Registered, account: StoreAccount | undefined, links: readonly UserLink[]): UserDto {
  const { id, username, userStore } = user;
  return {
    id,
    username,
    userStore,
    enabled: user.enabled && (account?.enabled ?? true),
    locked: user.locked,
    expiresAt: timeText(user.expiresAt),
    attributes: account?.attributes ?? {},
    roles: account ? effectiveRoles({ suspendedRoles: user.suspendedRoles ?? [] }, account) : [],
    groups: account?.groups ?? [],
    links: links.map(({ identityProvider, subject, active }) => ({ identityProvider, subject, active })),
    createdAt: new Date(user.createdAt).toISOString(),
    updatedAt: new Date(user.updatedAt).toISOString(),
  };
}

const timeText = (time: number | null | undefined): string | null => (typeof time === 'number' ? new Date(time).toISOString() : null);
