import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { FoyerError, httpStatus, type InputFault } from '../errors/foyer-error.js';

/** An error as an API answer (RFC 9457), with our `code`, and for input a list of what is wrong with it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors?: readonly InputFault[];
}

/** What Express, its body parsers and Nest report by a status alone. Anything else is a fault of ours. */
const byStatus: Readonly<Record<number, { readonly code: string; readonly detail: string }>> = {
  400: { code: 'request.malformed', detail: 'The request cannot be read.' },
  401: { code: 'authentication.required', detail: 'This needs an access token.' },
  403: { code: 'access.denied', detail: 'This is not allowed.' },
  404: { code: 'route.notFound', detail: 'There is nothing at this address.' },
  405: { code: 'method.notAllowed', detail: 'This address does not take this method.' },
  406: { code: 'request.notAcceptable', detail: 'The answer is not available in the form that was asked for.' },
  408: { code: 'request.timeout', detail: 'The request did not arrive in time.' },
  413: { code: 'request.tooLarge', detail: 'The request is too large.' },
  415: {
    code: 'request.unsupportedMediaType',
    detail: 'The request must be JSON (application/json or application/merge-patch+json) in UTF-8.',
  },
  429: { code: 'rateLimit.exceeded', detail: 'There were too many requests.' },
};

/** An error in terms that anybody may read, or undefined for one that is a fault of ours. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof FoyerError) {
    const { code, message, faults } = error;
    return problem(httpStatus[error.kind], code, message, faults);
  }
  const status = error instanceof HttpException ? error.getStatus() : statusOfHttpError(error);
  const known = status === undefined ? undefined : byStatus[status];
  return status === undefined || known === undefined ? undefined : problem(status, known.code, known.detail);
}

/** @param errorId what the log knows it by */
export const internalProblem = (errorId: string): Problem =>
  problem(500, 'internal', `Something went wrong on our side. The log knows it as ${errorId}.`);

function problem(status: number, code: string, detail: string, errors: readonly InputFault[] = []): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, ...(errors.length > 0 && { errors }) };
}

/** Errors of Express and its middleware (package http-errors) that are the client's. */
function statusOfHttpError(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error) || typeof error.status !== 'number') return undefined;
  return error.status >= 400 && error.status < 500 ? error.status : undefined;
}
