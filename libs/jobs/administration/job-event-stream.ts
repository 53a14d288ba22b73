import type { ServerResponse } from 'node:http';
import type { JobChange, JobEvents } from '../events/job-events.js';
import { LatestChanges } from '../events/latest-changes.js';

export interface StreamPace {
  /** Milliseconds for which changes are gathered before they are sent. */
  readonly gatherMs: number;
  /** Milliseconds between two signs of life; a reader who takes nothing from one to the next but one is left. */
  readonly heartbeatMs: number;
  /** Of more changes than this at once a reader is not told each, but to look again. */
  readonly mostAtOnce: number;
}

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // For nginx, which would gather what is sent.
  'X-Accel-Buffering': 'no',
} as const;

/** Milliseconds after which a reader connects again by itself. */
const retryMs = 3_000;

/**
 * Server-sent events (HTML Living Standard §9.2) for one reader. `jobs`: jobs that changed, with their status. `reload`: anything may have changed. Who
 * reads slowly is told less often, and nothing waits for them.
 */
export class JobEventStream {
  private readonly changes: LatestChanges;
  private readonly leave: () => void;
  private readonly heart: NodeJS.Timeout;
  private gathering: NodeJS.Timeout | undefined;
  private isFull = false;
  private beatsWhileFull = 0;

  /**
   * @param stillAllowed asked at each sign of life; when it says no, the stream ends
   * @param ended called once
   */
  constructor(
    private readonly response: ServerResponse,
    events: JobEvents,
    private readonly pace: StreamPace,
    private readonly stillAllowed: () => Promise<boolean>,
    ended: () => void,
  ) {
    this.changes = new LatestChanges(pace.mostAtOnce);
    response.writeHead(200, headers);
    this.write(`retry: ${retryMs}\n\n`);
    response.on('drain', () => this.drained());
    response.once('close', () => {
      this.stop();
      ended();
    });
    this.heart = setInterval(() => void this.beat(), pace.heartbeatMs).unref();
    this.leave = events.subscribe({ changed: (changes) => this.add(changes), missed: () => this.addAny() });
  }

  /** Lets the reader know that this is the end, if they take it. */
  end(): void {
    this.stop();
    if (this.isFull) this.response.destroy();
    else this.response.end();
  }

  private add(changes: readonly JobChange[]): void {
    this.changes.add(changes);
    this.schedule();
  }

  private addAny(): void {
    this.changes.addAny();
    this.schedule();
  }

  private schedule(): void {
    if (!this.isFull) this.gathering ??= setTimeout(() => this.send(), this.pace.gatherMs).unref();
  }

  private send(): void {
    this.gathering = undefined;
    if (this.isFull || this.changes.isEmpty) return;
    const changes = this.changes.take();
    this.write(changes ? `event: jobs\ndata: ${JSON.stringify(changes)}\n\n` : 'event: reload\ndata: {}\n\n');
  }

  private write(text: string): void {
    if (!this.response.write(text)) this.isFull = true;
  }

  private drained(): void {
    this.isFull = false;
    this.beatsWhileFull = 0;
    this.schedule();
  }

  private async beat(): Promise<void> {
    if (this.isFull) {
      this.beatsWhileFull += 1;
      if (this.beatsWhileFull > 1) this.response.destroy();
      return;
    }
    this.write(': still here\n\n');
    if (!(await this.stillAllowed())) this.end();
  }

  private stop(): void {
    clearInterval(this.heart);
    clearTimeout(this.gathering);
    this.leave();
  }
}
