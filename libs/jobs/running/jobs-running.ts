import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { JOB_DRIVER, type JobDriver } from '../drivers/driver.js';
import { JobAnnouncements } from '../outbox/job-announcements.js';

/** Has jobs done, from when the process is put together to when it ends. */
@Injectable()
export class JobsRunning implements BeforeApplicationShutdown {
  constructor(
    @Inject(JOB_DRIVER) private readonly driver: JobDriver,
    private readonly announcements: JobAnnouncements,
  ) {}

  /** Called by the composition root when everything that handlers need is there, and the settings have been read. */
  async start(): Promise<void> {
    this.announcements.onAnnounced((ids, inMs) => this.driver.announce(ids, inMs));
    await this.driver.start();
  }

  /** While the database, the stores and Redis are still there to write down how what runs here ended. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.driver.stop();
  }
}
