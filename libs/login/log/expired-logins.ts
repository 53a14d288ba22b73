import type { OnModuleInit } from '@nestjs/common';
import type { StateSweeper } from '@foyer/platform';
import { asLogin, loginKind } from '../login-store.js';
import { expired, finished, type LoginLog } from './login-log.js';
import type { LoginMetrics } from './login-metrics.js';

/** Records the logins that nobody finished, and those whose process died before it had, when they are swept out of the short-lived state. */
export class ExpiredLogins implements OnModuleInit {
  constructor(
    private readonly sweeper: StateSweeper,
    private readonly log: LoginLog,
    private readonly metrics: LoginMetrics,
  ) {}

  onModuleInit(): void {
    this.sweeper.watch(loginKind, async (entries) => {
      const logins = entries.flatMap(({ value }) => asLogin(value) ?? []);
      const written = await this.log.writeMissing(logins.map((login) => (login.ending ? finished(login, undefined) : expired(login))));
      for (const { outcome, identityProvider, durationMs } of written) {
        if (outcome === 'expired') this.metrics.ended(identityProvider ?? 'local', outcome, durationMs);
      }
    });
  }
}
