import type { Logger } from '../observability/logger.js';

export interface Pace {
  /** Milliseconds between two rounds when there was little to do. */
  readonly everyMs: number;
  /** Milliseconds to the next round when there is more: in the background, with others in between. */
  readonly soonMs: number;
}

/** Work that is done again and again in the background, one round at a time. What a round throws is logged, and the next one comes all the same. */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param round returns whether there is more to do */
  constructor(
    private readonly name: string,
    private readonly round: () => Promise<boolean>,
    private readonly pace: Pace,
    private readonly logger: Logger,
  ) {}

  /** The timer does not keep the process alive. */
  start(): void {
    this.schedule(this.pace.everyMs);
  }

  /** Waits for the round that is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.work();
    }, afterMs).unref();
  }

  private async work(): Promise<void> {
    let more = false;
    try {
      more = await this.round();
    } catch (error) {
      this.logger.warn({ err: error, work: this.name }, 'Background work failed; trying again');
    }
    if (!this.stopped) this.schedule(more ? this.pace.soonMs : this.pace.everyMs);
  }
}
