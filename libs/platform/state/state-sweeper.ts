import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER, type Logger } from '../observability/logger.js';
import { SHORT_LIVED_STATE, type ShortLivedState, type StateEntry } from './short-lived-state.js';

const everyMs = 5_000;
const batch = 500;
/** So that a backlog is worked off in the background, with logins in between. */
const pauseMs = 20;

/** Told of the entries of a kind that expired. They are gone already: what it throws is logged, and it is not told again. */
export type ExpiryWatcher = (entries: readonly (StateEntry & { readonly id: string })[]) => Promise<void>;

/** Takes expired state out of the store, in the background: a little at a time, because on SQLite every login waits for it. */
@Injectable()
export class StateSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private readonly watches: { readonly kind: string; readonly watcher: ExpiryWatcher }[] = [];

  constructor(
    @Inject(SHORT_LIVED_STATE) private readonly state: ShortLivedState,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Tells `watcher` of every entry of the kind that expires. To be called before the first is written. */
  watch(kind: string, watcher: ExpiryWatcher): void {
    this.state.keepExpired(kind);
    this.watches.push({ kind, watcher });
  }

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

  /** One batch. Returns whether there may be more. */
  async sweepOnce(): Promise<boolean> {
    const watched = this.watches.map(({ kind }) => kind);
    const { removed, entries } = await this.state.sweep(batch, watched);
    for (const { kind, watcher } of this.watches) {
      const expired = entries.filter((entry) => entry.kind === kind);
      if (expired.length > 0) await this.tell(watcher, kind, expired);
    }
    return removed >= batch;
  }

  /** One that fails is no reason not to tell the others. */
  private async tell(watcher: ExpiryWatcher, kind: string, expired: Parameters<ExpiryWatcher>[0]): Promise<void> {
    try {
      await watcher(expired);
    } catch (error) {
      this.logger.warn({ err: error, kind, count: expired.length }, 'What expired could not be dealt with, and is gone');
    }
  }

  private async sweep(): Promise<void> {
    let full = false;
    try {
      full = await this.sweepOnce();
    } catch (error) {
      this.logger.warn({ err: error }, 'Expired state could not be removed; trying again');
    }
    if (!this.stopped) this.schedule(full ? pauseMs : everyMs);
  }
}
