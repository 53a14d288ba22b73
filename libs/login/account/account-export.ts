import { Inject, Injectable } from '@nestjs/common';
import { ConsentExport } from '@foyer/consent';
import { IdentityProviders } from '@foyer/identity-providers';
import { ownEntries } from '@foyer/journal';
import { CLOCK, Database, everyRow, type Clock } from '@foyer/platform';
import { AccountLinks } from '@foyer/provisioning';
import { originsOf, USER_STORE_DIRECTORY, type RegisteredUser, type UserStoreDirectory } from '@foyer/userstores';
import { BROWSER_SESSIONS, type BrowserSessions } from '../contract.js';
import { LoginLog } from '../log/login-log.js';
import { toLoginDto } from '../log/login.dto.js';
import { loginsList } from '../log/logins-list.js';
import type { Visitor } from './visitors.js';

/** An object on its way out: values, and lists that are read while they are sent. */
export type ExportedFields = Readonly<Record<string, unknown>>;

/** Everything that is kept about a person. */
@Injectable()
export class AccountExport {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentExport,
    private readonly identityProviders: IdentityProviders,
    private readonly links: AccountLinks,
    private readonly log: LoginLog,
    @Inject(BROWSER_SESSIONS) private readonly sessions: Pick<BrowserSessions, 'listOf'>,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: Pick<UserStoreDirectory, 'find'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws FoyerError `store.unavailable` */
  async of({ authentication, session, user }: Visitor): Promise<ExportedFields> {
    const { subject } = authentication;
    const links = await this.links.ofUser(this.database.read, subject);
    const earlier = links.flatMap(({ reservedId }) => reservedId ?? []);
    const [sessions, consents] = await Promise.all([this.sessions.listOf(subject), this.consents.consentExport(subject, earlier)]);
    const ids = [subject, ...earlier];
    await this.log.flush();
    return {
      exportedAt: timeText(this.clock.now()),
      id: subject,
      ...(user ? await this.account(user) : { account: null, attributes: authentication.attributes }),
      links: links.map(({ identityProvider, issuer, subject: externalSubject, status, createdAt, updatedAt }) => ({
        ...{ identityProvider, issuer, subject: externalSubject, status },
        ...{ createdAt: timeText(createdAt), updatedAt: timeText(updatedAt) },
      })),
      consents,
      sessions: sessions.map(({ sessionId, startedAt, applications }) => ({
        ...{ startedAt: timeText(startedAt), applications, current: sessionId === session.sessionId },
      })),
      logins: this.logins(ids),
      journal: ownEntries(this.database.read, ids),
    };
  }

  private async account(user: RegisteredUser): Promise<ExportedFields> {
    const { username, userStore, enabled, locked, expiresAt = null, createdAt, updatedAt } = user;
    const stored = await this.stores.find(userStore)?.store.find(user.id);
    const account = {
      ...{ username, userStore, enabled, locked, expiresAt: expiresAt === null ? null : timeText(expiresAt) },
      ...{ createdAt: timeText(createdAt), updatedAt: timeText(updatedAt) },
    };
    if (!stored) return { account };
    const { attributes, roles, groups } = originsOf(user, stored, (id) => this.identityProviders.byId(id)?.name);
    return { account, attributes, roles, groups };
  }

  /** Without what only administrators understand. */
  private async *logins(ids: readonly string[]): AsyncGenerator<unknown, void> {
    // A login that was denied has no subject, and is of whose account it is.
    const whose = '(row.subject IN (:...ids) OR row.userId IN (:...ids))';
    const own: typeof loginsList = { ...loginsList, only: (rows) => void rows.andWhere(whose, { ids }) };
    for await (const row of everyRow(this.database.read, own, { sort: 'createdAt', limit: '100' })) {
      const { detail: _detail, ...login } = toLoginDto(row);
      yield login;
    }
  }
}

const timeText = (time: number): string => new Date(time).toISOString();
