import type { Clock } from '../clock.js';

interface Bucket {
  tokens: number;
  /** Milliseconds since the epoch. */
  filledAt: number;
}

const maxBuckets = 50_000;

/** A bucket of tokens for each key, which fills at a steady rate and holds what comes in a second. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  /** @param perSecond at least 1 */
  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  /** Takes a token. Returns whether there was one. */
  take(key: string): boolean {
    const now = this.clock.now();
    const bucket = this.buckets.get(key) ?? { tokens: this.perSecond, filledAt: now };
    const gained = (Math.max(0, now - bucket.filledAt) / 1000) * this.perSecond;
    bucket.tokens = Math.min(this.perSecond, bucket.tokens + gained);
    bucket.filledAt = now;
    // In the order of their last use, so that the oldest is the first.
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    this.forgetOldest();
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** A bucket that was not used for a second is full: forgetting it changes nothing. */
  private forgetOldest(): void {
    if (this.buckets.size <= maxBuckets) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
