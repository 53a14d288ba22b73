import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ProblemFilter } from '@foyer/platform';
import type { RequestHandler } from '@foyer/protocols';

/**
 * Lets `handler` have every request before Express does. Express gives each request and response another prototype, which slows down all that is
 * done with them afterwards; a login passes through OpenID Connect three times and needs nothing of Express there.
 */
export function handleFirst(server: Server, handler: RequestHandler, problems: ProblemFilter): void {
  const others = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handler(request, response, (error) => {
      if (error !== undefined) problems.answer(error, request, response);
      else for (const listener of others) listener.call(server, request, response);
    });
  });
}
