import { FoyerError } from '@foyer/platform';

const maxLength = 2_000;

/** Kinds whose cause is what somebody else said (an identity provider, a rule), and not the inside of Foyer (SQL, a DN, a path). */
const tellable = new Set(['upstreamWrong', 'upstreamSilent', 'forbidden', 'invalid']);

/** An error with its causes as text for administrators, outermost first. The whole of it is in the log only. */
export function causeText(error: FoyerError): string {
  const parts = [error.message];
  let cause = error.cause;
  for (let depth = 0; depth < 5 && cause !== undefined; depth += 1) {
    if (typeof cause === 'string') parts.push(cause);
    else if (cause instanceof Error) parts.push(textOf(cause, tellable.has(error.kind)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return parts.join(': ').slice(0, maxLength);
}

function textOf(cause: Error, tell: boolean): string {
  if (tell || cause instanceof FoyerError) return cause.message;
  return 'code' in cause && typeof cause.code === 'string' ? `${cause.name} ${cause.code}` : cause.name;
}
