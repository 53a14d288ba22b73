/** Thrown where a test lets the process die. */
export class Crash extends Error {}

/** When a process dies: after its writes, which are commits and calls that change a store, or also when a transaction is ready to be committed. */
export type Moments = 'writes' | 'writes and open transactions';

/** Counts the moments at which a process could die. After so many it does. */
export class Fuse {
  private left = Number.POSITIVE_INFINITY;
  private moments: Moments = 'writes';
  /** Whether it died. */
  blown = false;

  /** @param kill ends the process for real; without it, an error goes through it */
  constructor(private readonly kill?: () => void) {}

  blowAfter(count: number, moments: Moments = 'writes'): void {
    this.left = count;
    this.moments = moments;
    this.blown = false;
  }

  /** No more deaths. */
  remove(): void {
    this.left = Number.POSITIVE_INFINITY;
  }

  written(): void {
    this.left -= 1;
    if (this.left > 0) return;
    this.left = Number.POSITIVE_INFINITY;
    this.blown = true;
    this.kill?.();
    throw new Crash();
  }

  /** Everything of a transaction is written, and nothing is committed yet. */
  beforeCommit(): void {
    if (this.moments === 'writes and open transactions') this.written();
  }
}
