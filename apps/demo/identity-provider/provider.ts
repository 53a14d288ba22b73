import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type Provider from 'oidc-provider';
import type { ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { html, Html } from '../pages/html.js';
import { renderPage, setPageHeaders } from '../pages/page.js';
import { loadProvider } from './load-provider.js';
import { memoryAdapter } from './memory-adapter.js';
import type { Person } from './people.js';

const party = 'Demo identity provider';

export interface ProviderOptions {
  readonly issuer: string;
  /** Begins the names of the cookies: browsers send a cookie of `localhost` to every port. */
  readonly cookiePrefix: string;
  readonly clients: readonly ClientMetadata[];
  /** Read anew at every request, so that a test may change somebody. */
  readonly people: readonly Person[];
  /** Where the claims stand that scopes ask for; `userinfo` is what OpenID Connect Core §5.4 says for the code flow. */
  readonly claimsIn: 'userinfo' | 'idToken';
}

/** How a password login is called in `acr` and `amr` (RFC 8176 §2). */
export const passwordLogin = { acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport', amr: ['pwd'] };

const claims = {
  openid: ['sub', 'auth_time', 'acr', 'amr'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'department'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
};

const minute = 60;
const hour = 60 * minute;

async function signingKey(alg: 'RS256' | 'ES256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomBytes(8).toString('hex') };
}

/** Everybody's consent to everything a client asks for: whoever runs the demo runs its clients too. */
async function grantEverything(ctx: KoaContextWithOIDC): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { client, session, provider, params } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const chosen = ctx.oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const grant =
    (chosen && (await provider.Grant.find(chosen))) || new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(String(params?.scope ?? 'openid'));
  grant.addOIDCClaims(Object.values(claims).flat());
  await grant.save();
  return grant;
}

function logoutPage(ctx: KoaContextWithOIDC, form: string): void {
  const body = html`<p>Log out of the demo identity provider?</p>
    ${new Html(form)}
    <div class="actions">
      <button type="submit" form="op.logoutForm" name="logout" value="yes">Log out</button>
      <button type="submit" form="op.logoutForm" class="plain">Stay logged in</button>
    </div>`;
  setPageHeaders(ctx.res);
  ctx.type = 'html';
  ctx.body = renderPage({ party, title: 'Log out', body });
}

function loggedOutPage(ctx: KoaContextWithOIDC): void {
  setPageHeaders(ctx.res);
  ctx.type = 'html';
  ctx.body = renderPage({ party, title: 'Logged out', body: html`<p>You are logged out here.</p>` });
}

function errorPage(
  ctx: KoaContextWithOIDC,
  { error, error_description: description }: { error: string; error_description?: string },
): void {
  const body = html`<p class="alert"><code>${error}</code>${description && html`: ${description}`}</p>
    <p>Go back to the application and start again.</p>`;
  setPageHeaders(ctx.res);
  ctx.type = 'html';
  ctx.body = renderPage({ party, title: 'This request does not work', body });
}

async function configuration(options: ProviderOptions): Promise<Configuration> {
  const { cookiePrefix, people } = options;
  return {
    adapter: memoryAdapter(),
    clients: [...options.clients],
    jwks: { keys: await Promise.all([signingKey('RS256'), signingKey('ES256')]) },
    claims,
    scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
    acrValues: [passwordLogin.acr],
    conformIdTokenClaims: options.claimsIn === 'userinfo',
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    pkce: { required: () => true },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { interaction: `${cookiePrefix}-login`, resume: `${cookiePrefix}-resume`, session: `${cookiePrefix}-session` },
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: logoutPage, postLogoutSuccessSource: loggedOutPage },
    },
    interactions: { url: (_ctx, interaction) => `/login/${interaction.uid}` },
    clientBasedCORS: () => false,
    findAccount(_ctx, sub) {
      const person = people.find((candidate) => candidate.claims.sub === sub);
      return person && { accountId: sub, claims: () => person.claims };
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant: grantEverything,
    renderError: errorPage,
    ttl: {
      AccessToken: hour,
      AuthorizationCode: minute,
      IdToken: hour,
      Interaction: hour,
      Session: 8 * hour,
      Grant: 24 * hour,
      RefreshToken: 24 * hour,
    },
  };
}

/** A provider without its login page. */
export async function createProvider(options: ProviderOptions): Promise<Provider> {
  const { default: OidcProvider } = await loadProvider();
  return new OidcProvider(options.issuer, await configuration(options));
}
