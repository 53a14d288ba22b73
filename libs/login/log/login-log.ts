import { isUniqueViolation, type Database, type FoyerError, type Logger } from '@foyer/platform';
import type { Login, StepName } from '../login.js';
import { causeText } from './cause-text.js';

/** A row of the table of logins, before it is written. */
export interface FinishedLogin {
  readonly id: string;
  readonly application: string;
  readonly identityProvider: string | null;
  readonly outcome: 'answered' | 'denied' | 'failed' | 'expired';
  readonly code: string | null;
  readonly step: string | null;
  readonly detail: string | null;
  readonly subject: string | null;
  readonly userId: string | null;
  readonly address: string | null;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly durationMs: number;
}

const columns = `id, application, identity_provider, outcome, code, step, detail, subject, user_id, address, started_at, finished_at, duration_ms`;
const row = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

/** Milliseconds that rows of answered logins may wait for others, so that they share a transaction. */
const gatherMs = 100;

/** The durable log of logins that ended: what an administrator looks up by the login id of an error page. */
export class LoginLog {
  private gathered: FinishedLogin[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Writes rows in one statement. Rows that are there already stay as they are. */
  async write(logins: readonly FinishedLogin[]): Promise<void> {
    if (logins.length === 0) return;
    const sql = `INSERT INTO logins (${columns}) VALUES ${logins.map(() => row).join(', ')}`;
    try {
      await this.database.transaction((tx) => tx.query(sql, logins.flatMap(values)));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      if (logins.length > 1) for (const login of logins) await this.write([login]);
    }
  }

  /**
   * Writes the row a little later, together with others. A process that dies before leaves the login's ending in the short-lived state, from where
   * {@link writeMissing} has it written when the login expires.
   */
  gather(login: FinishedLogin): void {
    this.gathered.push(login);
    this.timer ??= setTimeout(() => void this.flush(), gatherMs);
  }

  /** Writes what was gathered. Resolves when all of it is there. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = this.gathered.splice(0);
    this.writing = this.writing
      .then(() => this.write(rows))
      .catch((err: unknown) => this.logger.error({ err, logins: rows.map(({ id }) => id) }, 'ended logins could not be written yet'));
    return this.writing;
  }

  /** Writes those that are not there yet. At most 500. */
  async writeMissing(logins: readonly FinishedLogin[]): Promise<readonly FinishedLogin[]> {
    if (logins.length === 0) return [];
    const ids = logins.map(({ id }) => id);
    const known = await this.database.read.query<{ id: string }[]>(
      `SELECT id FROM logins WHERE id IN (${ids.map(() => '?').join(', ')})`,
      ids,
    );
    const there = new Set(known.map(({ id }) => id));
    const missing = logins.filter(({ id }) => !there.has(id));
    await this.write(missing);
    return missing;
  }

  /** Before the database closes. */
  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  async find(id: string): Promise<{ application: string; outcome: string } | undefined> {
    const rows: { application: string; outcome: string }[] = await this.database.read.query(
      'SELECT application, outcome FROM logins WHERE id = ?',
      [id],
    );
    return rows[0];
  }
}

const values = (login: FinishedLogin): unknown[] => [
  login.id,
  login.application,
  login.identityProvider,
  login.outcome,
  login.code,
  login.step,
  login.detail,
  login.subject,
  login.userId,
  login.address,
  login.startedAt,
  login.finishedAt,
  login.durationMs,
];

/** What is kept of a login that ended. @param error what ended it, if it was not answered */
export function finished(login: Login, error: FoyerError | undefined): FinishedLogin {
  const { ending, authentication, choice } = login;
  if (!ending) throw new Error(`Login ${login.id} has not ended`);
  const failed = ending.outcome === 'answered' ? undefined : ending;
  return {
    id: login.id,
    application: login.request.application,
    identityProvider: choice?.kind === 'external' ? choice.identityProvider.name : null,
    outcome: ending.outcome,
    code: failed?.code ?? null,
    step: failed?.step ?? null,
    detail: error ? causeText(error) : null,
    subject: authentication?.subject ?? null,
    userId: authentication?.account ? authentication.subject : (failed?.userId ?? null),
    address: login.request.address ?? null,
    startedAt: login.startedAt,
    finishedAt: ending.at,
    durationMs: ending.at - login.startedAt,
  };
}

/** A login that nobody finished. */
export function expired(login: Login): FinishedLogin {
  const { id, request, choice, authentication, startedAt, expiresAt } = login;
  return {
    id,
    application: request.application,
    identityProvider: choice?.kind === 'external' ? choice.identityProvider.name : null,
    outcome: 'expired',
    code: 'login.expired',
    step: waitedIn(login),
    detail: null,
    subject: authentication?.subject ?? null,
    userId: authentication?.account ? authentication.subject : null,
    address: request.address ?? null,
    startedAt,
    finishedAt: expiresAt,
    durationMs: expiresAt - startedAt,
  };
}

/** The step that waited for the person. */
function waitedIn({ choice, identity, authentication }: Login): StepName {
  if (authentication) return 'release';
  if (identity) return 'provision';
  if (!choice) return 'choose-provider';
  return choice.kind === 'external' ? 'authenticate-externally' : 'authenticate-locally';
}
