const shortestMs = 250;
/** Milliseconds: nobody rests longer. */
export const longestRestMs = 30_000;

/** How somebody waits who is told when there is something to do, and looks by himself only in case he was not: less and less often. */
export class Idling {
  private backstopMs = shortestMs;
  private woken = false;
  private wake: (() => void) | undefined;

  constructor(private readonly stopped: AbortSignal) {
    stopped.addEventListener('abort', () => this.wakeNow(), { once: true });
  }

  /** There is something to do in so many milliseconds. */
  wakeIn(milliseconds: number): void {
    if (milliseconds <= 0) this.wakeNow();
    // What is later than the next look by himself is found then.
    else if (milliseconds < longestRestMs) setTimeout(() => this.wakeNow(), milliseconds).unref();
  }

  /**
   * Returns when there is something to do, or may be.
   * @param knownMs milliseconds until there is, if somebody knows; 0 when there was just now
   */
  async rest(knownMs?: number): Promise<void> {
    if (this.woken || knownMs === 0) this.backstopMs = shortestMs;
    else if (!this.stopped.aborted) await this.lookAgainIn(knownMs ?? longestRestMs);
    this.woken = false;
  }

  private async lookAgainIn(knownMs: number): Promise<void> {
    const backstop = this.backstopMs;
    if (knownMs >= backstop) this.backstopMs = Math.min(longestRestMs, backstop * 2);
    await this.timeOr(Math.min(knownMs, backstop));
    if (this.woken) this.backstopMs = shortestMs;
  }

  private timeOr(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.over(resolve, timer), milliseconds);
      timer.unref();
      this.wake = () => this.over(resolve, timer);
    });
  }

  private over(resolve: () => void, timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.wake = undefined;
    resolve();
  }

  private wakeNow(): void {
    this.woken = true;
    this.wake?.();
  }
}
