import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '../clock.js';
import { databaseFault } from '../database/database-faults.js';
import { FoyerError } from '../errors/foyer-error.js';
import { LOGGER, type Logger } from '../observability/logger.js';
import { internalProblem, toProblem } from './problem.js';

/** Answers every error that leaves a route, or no route was found for, as problem details (RFC 9457), and logs what an operator should see. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<IncomingMessage>(), http.getResponse<ServerResponse>());
  }

  /** Also for what stands before Nest and Express. */
  answer(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    const error = databaseFault(thrown);
    const known = toProblem(error);
    const errorId = known ? undefined : newId();
    const body = known ?? internalProblem(errorId ?? '');
    if (body.status >= 500) {
      const fields = { err: error, code: body.code, errorId, method: request.method, path: pathOf(request) };
      this.logger.error(fields, 'request failed');
    }
    if (response.headersSent) {
      // Half an answer cannot be taken back: the client sees that it broke off.
      response.destroy();
      return;
    }
    if (error instanceof FoyerError && error.retryAfter !== undefined)
      response.setHeader('Retry-After', String(Math.ceil(error.retryAfter)));
    response.setHeader('Cache-Control', 'no-store');
    response.writeHead(body.status, { 'Content-Type': 'application/problem+json; charset=utf-8' }).end(JSON.stringify(body));
  }
}

/** Without the query: codes and tokens travel there. */
const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';
