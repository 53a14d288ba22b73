import type { KoaContextWithOIDC } from 'oidc-provider';
import type { PairwiseSubjects } from '../accounts/pairwise-subjects.js';
import type { OidcClients } from '../clients/oidc-client.js';
import type { OidcPages } from '../pages/oidc-pages.js';
import { endSession } from '../sessions/session-end.js';

/**
 * RP-initiated logout: at once when the request carries an ID token of the very person who is signed in here, which only their applications have;
 * otherwise after asking them. Nobody signed in: nothing to ask.
 */
export class SignOut {
  constructor(
    private readonly pages: OidcPages,
    private readonly subjects: PairwiseSubjects,
    private readonly clients: OidcClients,
  ) {}

  /** What `oidc-provider` calls when somebody is signed in. */
  async confirm(ctx: KoaContextWithOIDC): Promise<void> {
    const { session, params } = ctx.oidc;
    if (this.isOfSession(ctx)) return end(ctx);
    const returnsTo = typeof params?.post_logout_redirect_uri === 'string' ? params.post_logout_redirect_uri : undefined;
    this.pages.signOut(ctx, ctx.oidc.urlFor('end_session_confirm'), String(session?.state?.secret), returnsTo);
  }

  /** Whether the request has an ID token of the person who is signed in here. The token names its client, and was checked to be that client's. */
  private isOfSession({ oidc: { session, entities } }: KoaContextWithOIDC): boolean {
    const client = entities.Client && this.clients.find(entities.Client.clientId);
    if (session?.accountId === undefined || client === undefined) return false;
    return entities.IdTokenHint?.payload.sub === this.subjects.of(session.accountId, client);
  }

  /** Replaces the page by which `oidc-provider` would have a script post a form when nobody is signed in. */
  async skipWhenSignedOut(ctx: KoaContextWithOIDC): Promise<void> {
    const { route, session } = ctx.oidc;
    if (route !== 'end_session' || ctx.status !== 200 || !session || session.accountId !== undefined) return;
    await end(ctx);
  }
}

/** Ends the session with all that hangs on it, and goes back to the application. */
async function end(ctx: KoaContextWithOIDC): Promise<void> {
  const { session, params, provider } = ctx.oidc;
  if (session) {
    await endSession(provider, session);
    // Tells `oidc-provider` not to write it again.
    await session.destroy();
  }
  ctx.oidc.cookies.set(provider.cookieName('session'), null, { path: '/' });
  ctx.status = 303;
  ctx.redirect(returnAddress(ctx, params));
}

function returnAddress(ctx: KoaContextWithOIDC, params: Readonly<Record<string, unknown>> | undefined): string {
  const { post_logout_redirect_uri: uri, state } = params ?? {};
  if (typeof uri !== 'string') return ctx.oidc.urlFor('end_session_success');
  const address = new URL(uri);
  if (typeof state === 'string') address.searchParams.set('state', state);
  return address.href;
}
