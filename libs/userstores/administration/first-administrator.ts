import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ownerRole } from '@foyer/admin-access';
import { CLOCK, Database, FoyerError, LOGGER, newId, SETTINGS, type Clock, type Logger, type Settings } from '@foyer/platform';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type Domain, type UserRegistry, type UserStoreDirectory } from '../contract.js';
import { primaryDomain } from '../settings/settings.js';
import { hasOwner } from './last-owner.js';

const username = 'admin';

/**
 * The user `admin` in PRIMARY, with the role `owner`: created at the first start, when Foyer has no user of that role. `FOYER_ADMIN_PASSWORD` is
 * the password then and, while it is set, at every later start; it never makes somebody an owner who is none.
 */
@Injectable()
export class FirstAdministrator {
  constructor(
    private readonly database: Database,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'adminPassword'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /**
   * @returns the password that was generated, to be printed once; undefined when none had to be
   * @throws FoyerError `settings.invalid` when FOYER_ADMIN_PASSWORD does not meet the policy of PRIMARY
   */
  async ensure(): Promise<{ readonly username: string; readonly password: string } | undefined> {
    const primary = this.stores.find(primaryDomain);
    if (!primary) throw new TypeError('PRIMARY always exists');
    const { adminPassword } = this.settings;
    if (adminPassword !== undefined) checkPassword(primary, adminPassword);
    if (await hasOwner(this.database.read)) {
      if (adminPassword !== undefined) await this.setPassword(primary, adminPassword);
      return undefined;
    }
    const password = adminPassword ?? randomBytes(18).toString('base64url');
    const created = await this.create(primary, password);
    return created && adminPassword === undefined ? { username, password } : undefined;
  }

  /** @returns false when somebody has the name: another process that starts at this moment, or a person who is no owner */
  private async create({ domain, store }: Domain, password: string): Promise<boolean> {
    const prepared = await store.preparePassword(password);
    const [id, createdAt] = [newId(), this.clock.now()];
    try {
      await this.database.transaction(async (tx) => {
        await this.registry.insert(tx, { id, userStore: domain, username, status: 'active', enabled: true, origins: {}, createdAt });
        const account = { userId: id, username, enabled: true, attributes: {}, roles: [ownerRole], groups: [] };
        await store.create({ ...account, password: prepared }, tx);
      });
      return true;
    } catch (error) {
      if (!(error instanceof FoyerError) || error.code !== 'username.taken') throw error;
      if (!(await hasOwner(this.database.read))) this.logger.warn({}, 'Nobody is an owner, and the user admin in PRIMARY is somebody else');
      return false;
    }
  }

  private async setPassword({ domain, store }: Domain, password: string): Promise<void> {
    const user = await this.registry.findByUsername(this.database.read, domain, username);
    const account = user && (await store.find(user.id));
    if (!account?.roles.includes(ownerRole)) {
      this.logger.warn({}, 'FOYER_ADMIN_PASSWORD has no effect: the user admin in PRIMARY is not there, or is no owner any more');
      return;
    }
    if (await store.verifyPassword(username, password)) return;
    await store.setPassword(account.userId, await store.preparePassword(password));
    this.logger.warn({ userId: account.userId }, 'The password of the user admin was set to FOYER_ADMIN_PASSWORD');
  }
}

function checkPassword({ policies }: Domain, password: string): void {
  const violation = policies.password(password);
  if (violation) throw new FoyerError('invalid', 'settings.invalid', `FOYER_ADMIN_PASSWORD: ${violation.message}`);
}
