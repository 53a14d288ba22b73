import { traceIdOfLogin, type FoyerError, type Logger } from '@foyer/platform';
import type { EndingRecorder } from '../dispatcher.js';
import type { Login } from '../login.js';
import { finished, type LoginLog } from './login-log.js';
import type { LoginMetrics } from './login-metrics.js';

/** Leaves the traces of a login that ended: a row in the log of logins, one line in the process's log, and its part in the metrics. */
export class LoginRecorder implements EndingRecorder {
  constructor(
    private readonly log: LoginLog,
    private readonly metrics: LoginMetrics,
    private readonly logger: Logger,
  ) {}

  async record(login: Login, error: FoyerError | undefined): Promise<void> {
    const row = finished(login, error);
    const traceId = traceIdOfLogin(login.id, login.request.traceparent);
    const { id: loginId, application, identityProvider, outcome, code, step, subject, durationMs } = row;
    this.metrics.ended(identityProvider ?? 'local', outcome, durationMs);
    if (!error) {
      this.logger.info({ loginId, traceId, application, identityProvider, outcome, subject, durationMs }, 'login answered');
      this.log.gather(row);
    } else {
      const line = { loginId, traceId, application, identityProvider, outcome, code, step, durationMs, err: error };
      if (error.kind === 'internal') this.logger.error(line, 'login failed');
      else this.logger.warn(line, outcome === 'denied' ? 'login denied' : 'login failed');
      // At once: the person is about to be shown the id.
      await this.log.write([row]);
    }
  }
}
