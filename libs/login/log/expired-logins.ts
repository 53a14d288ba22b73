import type { OnModuleInit } from '@nestjs/common';
import type { StateSweeper } from '@foyer/platform';
import { asLogin, loginKind } from '../login-store.js';
import { expired, type LoginLog } from './login-log.js';
import type { LoginMetrics } from './login-metrics.js';

/** Records the logins that nobody finished, when they are swept out of the short-lived state. */
export class ExpiredLogins implements OnModuleInit {
  constructor(
    private readonly sweeper: StateSweeper,
    private readonly log: LoginLog,
    private readonly metrics: LoginMetrics,
  ) {}

  onModuleInit(): void {
    this.sweeper.watch(loginKind, async (entries) => {
      const unfinished = entries.map(({ value }) => asLogin(value)).filter((login) => !login.ending);
      const rows = unfinished.map(expired);
      for (const { identityProvider, durationMs } of rows) this.metrics.ended(identityProvider ?? 'local', 'expired', durationMs);
      await this.log.write(rows);
    });
  }
}
