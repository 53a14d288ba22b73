import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, Database, LOGGER, Repeating, SETTINGS, type Clock, type Logger, type Settings } from '@foyer/platform';
import { Journal } from './journal.js';

const dayMs = 86_400_000;
/** A backlog is worked off in the background, with logins in between. */
const pace = { everyMs: 600_000, soonMs: 100 };
const batch = 200;

/** Removes entries that are older than `FOYER_JOURNAL_DAYS`, in the background: a little at a time, because on SQLite every login waits for it. */
@Injectable()
export class JournalRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly repeating: Repeating;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'journalDays'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.repeating = new Repeating('journal: retention', () => this.removeOld(), pace, logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  /** Removes one batch. Returns whether there may be more. */
  async removeOld(): Promise<boolean> {
    const before = this.clock.now() - this.settings.journalDays * dayMs;
    return (await this.database.transaction((tx) => this.journal.forget(tx, before, batch))) === batch;
  }
}
