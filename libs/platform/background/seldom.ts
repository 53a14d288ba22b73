/** Lets something that happens again and again be said, or done, now and then only. */
export class Seldom {
  private last = Number.NEGATIVE_INFINITY;

  /** @param everyMs milliseconds between two times */
  constructor(private readonly everyMs: number) {}

  /** Whether it is time again. Then it is not, for as long. */
  isTime(): boolean {
    if (performance.now() - this.last < this.everyMs) return false;
    this.last = performance.now();
    return true;
  }
}
