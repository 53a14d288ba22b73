import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** Who calls the admin API: a person, or a client for itself (then `subject` is its client id). */
export interface AdminCaller {
  readonly subject: string;
  readonly clientId: string;
  /** What the token grants and, for a person, their roles still do. */
  readonly scopes: readonly string[];
}

const callers = new WeakMap<object, AdminCaller>();

export const rememberCaller = (request: object, caller: AdminCaller): unknown => callers.set(request, caller);
export const callerOf = (request: object): AdminCaller | undefined => callers.get(request);

/** The {@link AdminCaller} of a request, as a parameter of a handler that has `@RequireScope(…)`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): AdminCaller => {
  const caller = callerOf(context.switchToHttp().getRequest<Request>());
  if (!caller) throw new TypeError('@Caller() is used on a route without @RequireScope()');
  return caller;
});
