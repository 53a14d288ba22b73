import type { KoaContextWithOIDC } from 'oidc-provider';
import type { EventEmitter } from 'node:events';
import { databaseFault, FoyerError, type Logger, type Metrics } from '@foyer/platform';
import type { errors, Provider } from './oidc-provider.js';

/** Refusals: somebody else's mistake, or an attack. */
const refusals = [
  'authorization.error',
  'grant.error',
  'pushed_authorization_request.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
  'end_session.error',
  'end_session_confirm.error',
] as const;

/** Puts what `oidc-provider` has to tell into our log, and counts what it refused. Neither tokens nor secrets are part of it. */
export function reportEvents(provider: Provider, logger: Logger, metrics: Metrics): void {
  const events: EventEmitter = provider;
  const refusedRequests = metrics.counter('oidc_requests_refused_total', 'Refused requests of applications, by OAuth error.', ['error']);
  const refused = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError): void => {
    refusedRequests.inc({ error: error.error });
    logger.info(
      { clientId: ctx.oidc.client?.clientId, path: ctx.path, error: error.error, reason: error.error_detail ?? error.error_description },
      'Request refused',
    );
  };
  for (const event of refusals) events.on(event, refused);
  events.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => logger.error({ path: ctx.path, err: error }, 'Request failed'));
  // Without a listener Koa prints to the console.
  events.on('error', (error: Error) => logger.error({ err: error }, 'Request failed'));
}

/** Tells clients that what cannot be done for the moment may be tried again (the word is that of RFC 6749 §4.1.2.1), instead of that something is broken. */
export function answerUnavailable(provider: Provider): void {
  const events: EventEmitter = provider;
  events.on('server_error', (ctx: KoaContextWithOIDC, thrown: Error) => {
    const error = databaseFault(thrown);
    if (!(error instanceof FoyerError) || error.kind !== 'unavailable') return;
    if (error.retryAfter !== undefined) ctx.set('retry-after', String(error.retryAfter));
    // A page has been written, or will be, with a status of its own.
    if (typeof ctx.body !== 'object' || ctx.body === null) return;
    ctx.body = { error: 'temporarily_unavailable', error_description: 'this cannot be done at the moment' };
    ctx.status = 503;
  });
}
