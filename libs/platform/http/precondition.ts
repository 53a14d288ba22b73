import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { FoyerError } from '../errors/foyer-error.js';

/** One state of an object. The id is part of it, because a name may come back for another object, whose versions begin anew. */
export interface Versioned {
  readonly id: string;
  readonly version: number;
}

/** The strong entity tag of a version (RFC 9110 §8.8.3). */
export const etagOf = ({ id, version }: Versioned): string => `"${id}.${version}"`;

/** What a change expects to find. Check it in the transaction that writes, so that nobody can change the object in between. */
export interface Precondition {
  /** @throws FoyerError `version.stale` (412) when the object is not the one that the caller saw */
  check(current: Versioned): void;
}

/**
 * Reads `If-Match` (RFC 9110 §13.1.1): one or more strong entity tags, or `*`.
 * @throws FoyerError `version.required` (428) without it
 */
export function precondition(ifMatch: string | undefined): Precondition {
  if (ifMatch === undefined || ifMatch.trim() === '') {
    throw new FoyerError(
      'preconditionRequired',
      'version.required',
      'This needs the header If-Match with the ETag of the object as you know it.',
    );
  }
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  return {
    check(current) {
      if (tags.includes('*') || tags.includes(etagOf(current))) return;
      throw new FoyerError(
        'preconditionFailed',
        'version.stale',
        'The object was changed in the meantime. Read it again, and repeat your change.',
      );
    },
  };
}

/** The {@link Precondition} of a request, as a parameter of a handler for `PATCH` and `DELETE`. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): Precondition => {
  return precondition(context.switchToHttp().getRequest<Request>().header('if-match'));
});
