import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import type { Logger } from '@foyer/platform';

/** Milliseconds that requests under way may take before the process ends without them. */
const patienceMs = 10_000;

/**
 * Ends in good order on SIGINT or SIGTERM: takes no new connections, lets the requests under way finish, so that a login in its last step gets its
 * answer, then closes what is open. Logins between two requests go on at the next start: their state is stored.
 */
export function stopOnSignals(app: INestApplication<Server>, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    const late = setTimeout(() => {
      logger.warn('requests were still under way after 10 seconds; ending without them');
      app.getHttpServer().closeAllConnections();
    }, patienceMs);
    late.unref();
    finishRequests(app.getHttpServer())
      .then(() => app.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Resolves when the last request has been answered. Idle kept-alive connections are closed at once, busy ones after their answer. */
function finishRequests(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    const closing = setInterval(() => server.closeIdleConnections(), 50);
    server.once('close', () => clearInterval(closing));
  });
}
