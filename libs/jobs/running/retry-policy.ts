/** How often jobs of a kind are tried, and how long they wait in between. */
export interface RetryPolicy {
  /** Attempts that may fail; after the last one the job is dead. */
  readonly maxAttempts: number;
  /** Milliseconds. The n-th failure is followed by a random wait of at most `baseDelayMs` × 2^(n-1). */
  readonly baseDelayMs: number;
  /** Milliseconds: no wait is longer. */
  readonly maxDelayMs: number;
}

/**
 * Exponential backoff with full jitter: any wait up to the bound is as likely as any other, so that jobs which failed together do not come back
 * together.
 * @param failures at least 1
 * @param random from 0 to 1, such as `Math.random()`
 * @returns milliseconds
 */
export const backoff = ({ baseDelayMs, maxDelayMs }: Omit<RetryPolicy, 'maxAttempts'>, failures: number, random: number): number =>
  Math.round(random * Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(failures - 1, 40)));
