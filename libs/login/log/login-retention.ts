import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { execute, places, Repeating, type Clock, type Database, type Logger, type Settings } from '@foyer/platform';

const dayMs = 86_400_000;
/** A backlog is worked off in the background, with logins in between. */
const pace = { everyMs: 600_000, soonMs: 100 };
const batch = 500;

/** Removes logins from the log that began more than `FOYER_LOGIN_DAYS` ago, in the background: a little at a time, because on SQLite every login waits for it. */
export class LoginRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly repeating: Repeating;

  constructor(
    private readonly database: Database,
    private readonly settings: Pick<Settings, 'loginDays'>,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.repeating = new Repeating('logins: retention', () => this.removeOld(), pace, logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  /** Removes one batch. @returns whether there may be more */
  async removeOld(): Promise<boolean> {
    const before = this.clock.now() - this.settings.loginDays * dayMs;
    const sql = 'SELECT id FROM logins WHERE started_at < ? ORDER BY started_at, id LIMIT ?';
    const found: { id: string }[] = await this.database.read.query(sql, [before, batch]);
    if (found.length === 0) return false;
    const ids = found.map(({ id }) => id);
    await this.database.transaction((tx) => execute(tx, `DELETE FROM logins WHERE id IN (${places(ids)})`, ids));
    return found.length === batch;
  }
}
