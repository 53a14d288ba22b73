/** Milliseconds for which a process may have claimed work beforehand. */
const aheadMs = 50;
/** Jobs that a process claims beforehand at most. */
const mostAhead = 100;
/** How much the latest job says about how long the next one takes. */
const weight = 0.1;

/**
 * How many jobs are worked on in a process at the same time. Where they are quick, a process has more of them in hand, so that many are claimed and ended
 * in one transaction; where they are slow it has none that others could do meanwhile.
 */
export class Places {
  private taken = 0;
  private averageMs = Number.POSITIVE_INFINITY;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly concurrency: number) {}

  /** How many jobs the process may have in hand: those that are worked on, and those that wait for that or are being ended. */
  get capacity(): number {
    return this.concurrency + Math.min(mostAhead, this.within(aheadMs));
  }

  /** How many jobs are likely to be worked off in so many milliseconds. */
  within(milliseconds: number): number {
    return Math.floor((this.concurrency * milliseconds) / this.averageMs);
  }

  /** Works when there is a place. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken >= this.concurrency) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.taken += 1;
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.learn(performance.now() - began);
      this.leave();
    }
  }

  private learn(tookMs: number): void {
    this.averageMs = Number.isFinite(this.averageMs) ? this.averageMs + (tookMs - this.averageMs) * weight : tookMs;
  }

  /** The place goes to who waits longest. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }
}
