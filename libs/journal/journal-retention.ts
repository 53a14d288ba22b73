import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, Database, LOGGER, SETTINGS, type Clock, type Logger, type Settings } from '@foyer/platform';
import { Journal } from './journal.js';

const dayMs = 86_400_000;
const everyMs = 600_000;
const batch = 200;
/** So that a backlog is worked off in the background, with logins in between. */
const pauseMs = 100;

/** Removes entries that are older than `FOYER_JOURNAL_DAYS`, in the background: a little at a time, because on SQLite every login waits for it. */
@Injectable()
export class JournalRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly journal: Journal,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'journalDays'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(everyMs);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Removes one batch. Returns whether there may be more. */
  async removeOld(): Promise<boolean> {
    const before = this.clock.now() - this.settings.journalDays * dayMs;
    return (await this.database.transaction((tx) => this.journal.forget(tx, before, batch))) === batch;
  }

  private schedule(afterMs: number): void {
    const run = (): void => {
      this.running = this.work();
    };
    this.timer = setTimeout(run, afterMs).unref();
  }

  private async work(): Promise<void> {
    let more = false;
    try {
      more = await this.removeOld();
    } catch (error) {
      this.logger.warn({ err: error }, 'Old journal entries could not be removed; trying again');
    }
    if (!this.stopped) this.schedule(more ? pauseMs : everyMs);
  }
}
