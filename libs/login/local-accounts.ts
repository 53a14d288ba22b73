import { FoyerError, type Clock, type Database } from '@foyer/platform';
import {
  accountStatusProblem,
  splitUsername,
  usernameKey,
  type Domain,
  type UserRegistry,
  type UserStoreDirectory,
} from '@foyer/userstores';

/** A username as it was typed, read as `name` or `DOMAIN/name`. */
export interface TypedAccount {
  /** The name of the account for counting failures: the same however it is written, whether it exists or not. */
  readonly key: string;
  readonly domain: Domain | undefined;
  readonly username: string;
}

/** No account can have this username, so that checking a password for it costs what checking any other does. */
const nobody = 'nobody/';

/** Accounts of user stores that log in with a password. */
export class LocalAccounts {
  constructor(
    private readonly stores: UserStoreDirectory,
    private readonly registry: UserRegistry,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  read(typed: string): TypedAccount {
    try {
      const { domain = 'PRIMARY', username } = splitUsername(typed.trim());
      const found = this.stores.find(domain);
      const usable = found?.enabled && found.store.capabilities.passwords ? found : undefined;
      return { key: `${domain.toUpperCase()}/${usernameKey(username)}`, domain: usable, username };
    } catch (error) {
      if (!(error instanceof FoyerError)) throw error;
      return { key: `/${typed.slice(0, 255)}`, domain: undefined, username: nobody };
    }
  }

  /**
   * The id of the user, or undefined when there is none such, the password is wrong, or nobody may log in to the account: which of them, nobody
   * learns, not even by the time it takes.
   * @throws FoyerError of kind `unavailable` when the store does not answer
   */
  async verify(account: TypedAccount, password: string): Promise<string | undefined> {
    const store = (account.domain ?? this.stores.find('PRIMARY'))?.store;
    const found = await store?.verifyPassword(account.domain ? account.username : nobody, password);
    if (!found) return undefined;
    const user = await this.registry.find(this.database.read, found.userId);
    if (user?.status !== 'active') return undefined;
    return accountStatusProblem(user, found, this.clock.now()) === undefined ? found.userId : undefined;
  }
}
