import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER, type Logger } from '../observability/logger.js';
import { SHORT_LIVED_STATE, type ShortLivedState } from './short-lived-state.js';

const everyMs = 5_000;
const batch = 500;
/** So that a backlog is worked off in the background, with logins in between. */
const pauseMs = 20;

/** Takes expired state out of the store, in the background: a little at a time, because on SQLite every login waits for it. */
@Injectable()
export class StateSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    @Inject(SHORT_LIVED_STATE) private readonly state: ShortLivedState,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(everyMs);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
    await this.state.close();
  }

  private schedule(afterMs: number): void {
    const run = (): void => {
      this.running = this.sweep();
    };
    this.timer = setTimeout(run, afterMs).unref();
  }

  private async sweep(): Promise<void> {
    let full = false;
    try {
      full = (await this.state.sweep(batch)).removed >= batch;
    } catch (error) {
      this.logger.warn({ err: error }, 'Expired state could not be removed; trying again');
    }
    if (!this.stopped) this.schedule(full ? pauseMs : everyMs);
  }
}
