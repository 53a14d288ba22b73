/** What went wrong, independent of any protocol. The edge maps a kind to HTTP, OAuth or SAML, once. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'preconditionFailed'
  | 'preconditionRequired'
  | 'tooMany'
  | 'upstreamWrong'
  | 'upstreamSilent'
  | 'unavailable'
  | 'internal';

/** One fault of an input, at a path such as `jit.userStore` or `applications[0].oidc.redirectUris[1]`. */
export interface InputFault {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface FoyerErrorOptions {
  /** For the log only: never on a page, never in an API answer. */
  readonly cause?: unknown;
  readonly faults?: readonly InputFault[];
  /** Seconds after which trying again makes sense (`Retry-After`). */
  readonly retryAfter?: number;
}

/**
 * The only error that Foyer's own code throws on purpose.
 * `code` is stable (such as `username.taken`), `message` is a sentence that anybody may read.
 */
export class FoyerError extends Error {
  readonly faults: readonly InputFault[];
  readonly retryAfter: number | undefined;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    options: FoyerErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FoyerError';
    this.faults = options.faults ?? [];
    this.retryAfter = options.retryAfter;
  }
}

/** Input that was refused, with every fault that was found in it. */
export function invalidInput(faults: readonly InputFault[]): FoyerError {
  const first = faults[0];
  const message = first ? `${first.path || 'The input'}: ${first.message}` : 'The input is not valid.';
  return new FoyerError('invalid', 'input.invalid', message, { faults });
}

export const httpStatus: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  preconditionFailed: 412,
  preconditionRequired: 428,
  tooMany: 429,
  upstreamWrong: 502,
  upstreamSilent: 504,
  unavailable: 503,
  internal: 500,
};
