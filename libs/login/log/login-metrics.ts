import type { Metrics } from '@foyer/platform';
import type { FinishedLogin } from './login-log.js';

/** Seconds: from a single sign-on at the identity provider to a person who looked for a password. */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

/** Counts logins and how long they took. */
export class LoginMetrics {
  private readonly logins;
  private readonly duration;
  private readonly refusals;

  constructor(metrics: Metrics) {
    this.logins = metrics.counter('logins_total', 'Logins that ended.', ['idp', 'outcome']);
    this.duration = metrics.histogram(
      'login_duration_seconds',
      'From the request of the application to the answer, the time of the person and of the identity provider included.',
      ['idp', 'outcome'],
      buckets,
    );
    this.refusals = metrics.counter('login_requests_refused_total', 'Refused requests: another browser, a repeated state, …', ['code']);
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
