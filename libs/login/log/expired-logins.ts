import type { Logger, ShortLivedState } from '@foyer/platform';
import { asLogin, loginKind } from '../login-store.js';
import { expired, type LoginLog } from './login-log.js';
import type { LoginMetrics } from './login-metrics.js';

const batch = 500;
const everyMs = 15_000;

/** Sweeps the short-lived state, and records the logins that nobody finished. The one sweeper of a process. */
export class ExpiredLogins {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly state: ShortLivedState,
    private readonly log: LoginLog,
    private readonly metrics: LoginMetrics,
    private readonly logger: Logger,
  ) {}

  /** Removes what has expired, all of it, in small batches. */
  async sweep(): Promise<void> {
    for (let removed = batch; removed >= batch;) {
      const swept = await this.state.sweep(batch, loginKind);
      removed = swept.removed;
      const unfinished = swept.entries.map(({ value }) => asLogin(value)).filter((login) => !login.ending);
      const rows = unfinished.map(expired);
      await this.log.write(rows);
      for (const { identityProvider, durationMs } of rows) this.metrics.ended(identityProvider ?? 'local', 'expired', durationMs);
    }
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.running
        .then(() => this.sweep())
        .catch((err: unknown) => this.logger.error({ err }, 'sweeping short-lived state failed'));
    }, everyMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}
