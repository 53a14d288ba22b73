import { FoyerError, type Clock } from '@foyer/platform';

export interface CircuitBreakerOptions {
  /** Failures in a row after which calls are refused. */
  readonly failures: number;
  /** Milliseconds after which one call is let through to try again. */
  readonly restMs: number;
}

/** `closed`: calls go through. `open`: they are refused. `halfOpen`: they have been refused for long enough, and the next one tries. */
export type CircuitState = 'closed' | 'open' | 'halfOpen';

/** Stops asking what does not answer. A FoyerError is an answer; everything else is a failure. */
export class CircuitBreaker {
  private failed = 0;
  private restsUntil = 0;
  private trying = false;

  constructor(
    private readonly clock: Clock,
    private readonly options: CircuitBreakerOptions = { failures: 5, restMs: 10_000 },
  ) {}

  /**
   * @param refusal what to throw while the circuit is open
   * @throws whatever `call` throws
   */
  async run<T>(call: () => Promise<T>, refusal: (retryAfterSeconds: number) => Error): Promise<T> {
    if (this.failed < this.options.failures) return this.attempt(call);
    const rest = this.restsUntil - this.clock.now();
    if (rest > 0 || this.trying) throw refusal(Math.max(1, Math.ceil(rest / 1000)));
    this.trying = true;
    try {
      return await this.attempt(call);
    } finally {
      this.trying = false;
    }
  }

  get state(): CircuitState {
    if (this.failed < this.options.failures) return 'closed';
    return this.restsUntil > this.clock.now() ? 'open' : 'halfOpen';
  }

  private async attempt<T>(call: () => Promise<T>): Promise<T> {
    try {
      const result = await call();
      this.failed = 0;
      return result;
    } catch (error) {
      if (error instanceof FoyerError) this.failed = 0;
      else this.countFailure();
      throw error;
    }
  }

  private countFailure(): void {
    this.failed += 1;
    this.restsUntil = this.clock.now() + this.options.restMs;
  }
}
