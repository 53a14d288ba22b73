import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import type { OidcPages } from '../pages/oidc-pages.js';
import type { Provider } from './oidc-provider.js';

const serverError: ErrorOut = { error: 'server_error', error_description: 'oops! something went wrong' };

/**
 * Answers what goes wrong after a request has been dealt with, in the manner of `oidc-provider` itself, which tries once more to save a session where
 * nothing answers a failure (`ensureSessionSave` in its initialize_app.js): the person would get Koa's bare "Internal Server Error".
 */
export function answerLateProblems(provider: Provider, pages: Pick<OidcPages, 'problem'>): void {
  provider.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof Error) || !hasOidc(ctx)) throw error;
      // It failed the first time, too, and that has been answered and told.
      if (ctx.status >= 500) return;
      ctx.remove('location');
      ctx.status = 500;
      if (ctx.accepts('json', 'html') === 'html') pages.problem(ctx, serverError, error);
      else ctx.body = { ...serverError };
      provider.emit('server_error', ctx, error);
    }
  });
}

export const hasOidc = (ctx: object): ctx is KoaContextWithOIDC => 'oidc' in ctx;
