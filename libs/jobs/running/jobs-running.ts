import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LOGGER, SettingsRevision, type Logger } from '@foyer/platform';
import { JOB_DRIVER, type JobDriver } from '../drivers/driver.js';
import { JobAnnouncements } from '../outbox/job-announcements.js';
import { JobStore } from '../store/job-store.js';

/** As many of the jobs that a command freed are looked for at once; the others are found with them. */
const lookedFor = 100;

/** Has jobs done, from when the process is put together to when it ends. */
@Injectable()
export class JobsRunning implements BeforeApplicationShutdown {
  private unsubscribe: () => void = () => undefined;

  constructor(
    @Inject(JOB_DRIVER) private readonly driver: JobDriver,
    private readonly announcements: JobAnnouncements,
    private readonly store: JobStore,
    private readonly revision: SettingsRevision,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Called by the composition root when everything that handlers need is there, and the settings have been read. */
  async start(): Promise<void> {
    this.announcements.onAnnounced((ids, inMs) => this.driver.announce(ids, inMs));
    await this.driver.start();
    this.unsubscribe = this.revision.onChange(() => this.look());
  }

  /** While the database, the stores and Redis are still there to write down how what runs here ended. */
  async beforeApplicationShutdown(): Promise<void> {
    this.unsubscribe();
    await this.driver.stop();
  }

  /** A command that retries jobs or resumes a lane has no way to tell a driver: it counts up the revision that every process looks at anyway. */
  private async look(): Promise<void> {
    try {
      const due = await this.store.due(lookedFor);
      this.driver.announce(due.map(({ id }) => id));
    } catch (error) {
      this.logger.warn({ err: error }, 'Whether a command freed jobs could not be looked up: they are found later');
    }
  }
}
