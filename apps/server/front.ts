import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ProblemFilter } from '@foyer/platform';

/** A middleware in the manner of Connect and Express. */
type RequestHandler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Lets `handlers` have every request, in order, before Express does. Express gives each request and response another prototype, which slows down all
 * that is done with them afterwards; a login passes through them three times and needs nothing of Express there.
 */
export function handleFirst(server: Server, handlers: readonly RequestHandler[], problems: ProblemFilter): void {
  const others = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const from = (index: number): void => {
      const handler = handlers[index];
      if (!handler) for (const listener of others) listener.call(server, request, response);
      else handler(request, response, (error) => (error === undefined ? from(index + 1) : problems.answer(error, request, response)));
    };
    from(0);
  });
}
