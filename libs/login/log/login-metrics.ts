import { Counter, Histogram, register, type Registry } from 'prom-client';
import type { FinishedLogin } from './login-log.js';

/** Counts logins and how long they took. */
export class LoginMetrics {
  private readonly logins: Counter<'idp' | 'outcome'>;
  private readonly duration: Histogram<'idp' | 'outcome'>;
  private readonly refusals: Counter<'code'>;

  constructor(registry: Registry = register) {
    const registers = [registry];
    this.logins = new Counter({ name: 'foyer_logins_total', help: 'Logins that ended', labelNames: ['idp', 'outcome'], registers });
    this.duration = new Histogram({
      name: 'foyer_login_duration_seconds',
      help: 'From the request of the application to the answer, the time of the person and of the identity provider included',
      labelNames: ['idp', 'outcome'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
      registers,
    });
    this.refusals = new Counter({
      name: 'foyer_login_requests_refused_total',
      help: 'Requests to a login that were refused: wrong browser, repeated state, …',
      labelNames: ['code'],
      registers,
    });
  }

  /** @param idp the name of the identity provider, or `local` */
  ended(idp: string, outcome: FinishedLogin['outcome'], durationMs: number): void {
    this.logins.inc({ idp, outcome });
    this.duration.observe({ idp, outcome }, durationMs / 1000);
  }

  refused(code: string): void {
    this.refusals.inc({ code });
  }
}
