import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { databaseFault, FoyerError, httpStatus, pagePolicy, wantedLanguages, type ThemeRenderer } from '@foyer/platform';
import type { OidcClients } from '../clients/oidc-client.js';
import type { errors } from '../provider/oidc-provider.js';

/** The pages that `oidc-provider` shows to people, in Foyer's theme or that of the application. */
export class OidcPages {
  constructor(
    private readonly themes: ThemeRenderer,
    private readonly clients: OidcClients,
  ) {}

  /** What cannot be told to an application, because the request does not say which, or where to. */
  problem(ctx: KoaContextWithOIDC, out: ErrorOut, thrown: errors.OIDCProviderError | Error): void {
    const error = databaseFault(thrown);
    if (error instanceof FoyerError) return this.failure(ctx, error);
    const text = [`error.oidc.${out.error}`, ctx.status < 500 ? 'error.kind.invalid' : 'error.kind.internal'];
    const heading = `problem.heading.${ctx.status < 500 ? 400 : 500}`;
    // Whoever sets up an application needs to know what is wrong with its request; what is wrong inside Foyer stands in the log only.
    const code = error instanceof Error && ctx.status < 500 ? `oidc.${out.error}` : 'oidc.server_error';
    this.show(
      ctx,
      'problem',
      { title: 'problem.title', heading, text, code, detail: ctx.status < 500 ? out.error_description : undefined },
      [],
    );
  }

  /** What Foyer itself says that it cannot do, such as while its state is away. */
  private failure(ctx: KoaContextWithOIDC, { kind, code }: FoyerError): void {
    ctx.status = httpStatus[kind];
    const text = [`error.${code}`, `error.kind.${kind}`];
    this.show(ctx, 'problem', { title: 'problem.title', heading: `problem.heading.${ctx.status}`, text, code }, []);
  }

  /** Asks before signing out, because the request alone does not prove that the person wants it (OpenID Connect RP-Initiated Logout §6). */
  signOut(ctx: KoaContextWithOIDC, action: string, xsrf: string, returnsTo: string | undefined): void {
    const targets = returnsTo === undefined ? [] : [new URL(returnsTo).origin];
    this.show(ctx, 'sign-out', { title: 'signOut.title', action, hidden: [{ name: 'xsrf', value: xsrf }] }, targets);
  }

  signedOut(ctx: KoaContextWithOIDC): void {
    this.show(ctx, 'signed-out', { title: 'signedOut.title' }, []);
  }

  private themeOf(ctx: KoaContextWithOIDC): string | undefined {
    const client = ctx.oidc?.client;
    return client && this.clients.find(client.clientId)?.theme;
  }

  private show(ctx: KoaContextWithOIDC, template: string, data: Readonly<Record<string, unknown>>, formTargets: readonly string[]): void {
    ctx.type = 'html';
    ctx.set('content-security-policy', pagePolicy(formTargets));
    ctx.set('cache-control', 'no-store');
    const { html, language } = this.themes.render(template, data, { theme: this.themeOf(ctx), languages: languagesOf(ctx) });
    ctx.set('content-language', language);
    ctx.vary('accept-language');
    ctx.body = html;
  }
}

/** `ui_locales` is a parameter of requests for a login and of those to log out (OpenID Connect RP-Initiated Logout §2). */
function languagesOf(ctx: KoaContextWithOIDC): readonly string[] {
  const asked = ctx.oidc?.params?.['ui_locales'];
  return wantedLanguages(typeof asked === 'string' ? asked.split(' ') : [], ctx.get('accept-language'));
}
