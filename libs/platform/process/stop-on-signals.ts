import type { INestApplication } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { OpenAnswers } from '../http/open-answers.js';
import type { Logger } from '../observability/logger.js';
import { Readiness } from '../observability/readiness.js';

/** Milliseconds that requests under way may take before the process ends without them. */
const patienceMs = 10_000;

/**
 * Ends in good order on SIGINT or SIGTERM: says that it is not ready any more, and on SIGTERM goes on answering for as long as load balancers need to
 * notice; then takes no new connections, ends the answers that would go on for ever, lets the other requests under way finish, so that a login in its
 * last step gets its answer, and closes what is open.
 * Logins between two requests go on at another server or at the next start: their state is stored. A second signal ends the process at once.
 * @param drainSeconds for how long load balancers may not notice; 0 where none sends anything
 */
export function stopOnSignals(app: INestApplication<Server>, logger: Logger, drainSeconds: number): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    leave(app, signal === 'SIGTERM' ? drainSeconds * 1000 : 0)
      .then(() => app.get(OpenAnswers).endAll())
      .then(() => finishRequests(app.getHttpServer(), logger))
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

/** Resolves when nobody should send anything any more. Connections that are used until then are closed with their answer, which says so. */
async function leave(app: INestApplication<Server>, drainMs: number): Promise<void> {
  app.get(Readiness).leave();
  const sayClose = (_request: IncomingMessage, response: ServerResponse): void => void response.setHeader('Connection', 'close');
  app.getHttpServer().prependListener('request', sayClose);
  if (drainMs > 0) await delay(drainMs);
}

/** Resolves when the last request has been answered, or was not in time. Idle kept-alive connections are closed at once, busy ones after their answer. */
function finishRequests(server: Server, logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      logger.warn('requests were still under way after 10 seconds; ending without them');
      server.closeAllConnections();
    }, patienceMs);
    server.close(() => resolve());
    server.closeIdleConnections();
    const closing = setInterval(() => server.closeIdleConnections(), 50);
    server.once('close', () => {
      clearTimeout(late);
      clearInterval(closing);
    });
  });
}
