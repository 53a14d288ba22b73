import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Repeating } from '../background/repeating.js';
import { systemClock, type Clock } from '../clock.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { Database } from './database.js';
import { databaseTime } from './execute.js';

const pace = { everyMs: 60_000, soonMs: 60_000 };
/** The quickest of so many answers counts: it says most exactly what time it is. */
const questions = 3;
/** Milliseconds: clocks that are set by a time server differ by less, and so do the answers of a busy database. */
const exactMs = 1_000;
/** Milliseconds by which clocks may differ, or their difference change, without a word. */
const silentMs = 10_000;

/**
 * The time as the database has it, which is the same for all processes of a site: one process writes down until when a login, a code or a lock-out
 * counts, another one reads it and a third clears away what is over, and their machines' clocks may differ by minutes. While the own clock is right
 * to a second, it is what counts.
 */
export class DatabaseClock implements Clock, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating: Repeating;
  private behindMs = 0;
  private saidMs = 0;

  private constructor(
    private readonly database: Pick<Database, 'read'>,
    private readonly logger: Logger,
    private readonly own: Clock,
  ) {
    this.repeating = new Repeating('the clock of the database', () => this.compare(), pace, logger);
  }

  /** Asks the database what time it is. @param own the clock of this machine */
  static async read(database: Pick<Database, 'read'>, logger: Logger, metrics?: Metrics, own = systemClock): Promise<DatabaseClock> {
    const clock = new DatabaseClock(database, logger, own);
    await clock.compare();
    metrics?.observed('clock_behind_seconds', 'How far the clock of this machine is behind the one of the database.', () => clock.offset);
    return clock;
  }

  now(): number {
    return this.own.now() + this.behindMs;
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  /** Looks how far the clocks are apart by now. */
  async compare(): Promise<boolean> {
    let best = await this.ask();
    for (let asked = 1; asked < questions; asked += 1) {
      const next = await this.ask();
      if (next.withinMs < best.withinMs) best = next;
    }
    this.behindMs = Math.abs(best.behindMs) > exactMs + best.withinMs ? best.behindMs : 0;
    this.tell();
    return false;
  }

  /** Seconds. */
  private get offset(): number {
    return this.behindMs / 1000;
  }

  private async ask(): Promise<{ readonly behindMs: number; readonly withinMs: number }> {
    const before = this.own.now();
    const began = performance.now();
    const [row] = await this.database.read.query<{ now: number | string }[]>(`SELECT ${databaseTime(this.database.read)} AS now`);
    const tookMs = performance.now() - began;
    return { behindMs: Math.round(Number(row?.now) - (before + tookMs / 2)), withinMs: tookMs / 2 };
  }

  private tell(): void {
    if (Math.abs(this.behindMs - this.saidMs) <= silentMs) return;
    this.saidMs = this.behindMs;
    const seconds = Math.round(this.offset);
    if (Math.abs(this.behindMs) <= silentMs) {
      this.logger.info({ behindSeconds: seconds }, 'The clock of this machine agrees with the one of the database again');
      return;
    }
    this.logger.warn(
      { behindSeconds: seconds },
      `The clock of this machine is ${Math.abs(seconds)} s ${seconds < 0 ? 'ahead of' : 'behind'} the one of the database, by which Foyer goes: set both by one time server`,
    );
  }
}
