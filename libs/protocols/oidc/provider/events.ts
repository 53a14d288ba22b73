import type { KoaContextWithOIDC } from 'oidc-provider';
import type { EventEmitter } from 'node:events';
import type { Logger, Metrics } from '@foyer/platform';
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
