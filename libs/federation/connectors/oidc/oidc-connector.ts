import { createHash } from 'node:crypto';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  type Configuration,
  type IDToken,
} from 'openid-client';
import { FoyerError } from '@foyer/platform';
import type { BeginInput, BeginResult, CompleteInput, Connector, ConnectorTarget, Evidence, ExternalIdentity } from '../../connector.js';
import type { ConfigurationCache } from './configuration-cache.js';
import { translateError } from './errors.js';
import type { OidcProviderSettings } from './settings.js';

/** Claims that belong to the protocol: they prove the answer and say nothing about the person. */
const protocolClaims = new Set([
  'iss',
  'aud',
  'azp',
  'exp',
  'iat',
  'nbf',
  'jti',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'auth_time',
  'acr',
  'amr',
  'sid',
]);

/** OpenID Connect towards an external provider: code flow with PKCE, state, nonce and `iss` (RFC 9207), on `openid-client`. */
export class OidcConnector implements Connector<OidcProviderSettings> {
  readonly protocol = 'oidc';

  constructor(private readonly configurations: ConfigurationCache) {}

  async begin(target: ConnectorTarget<OidcProviderSettings>, input: BeginInput): Promise<BeginResult> {
    const configuration = await this.configurations.of(target);
    const codeVerifier = randomPKCECodeVerifier();
    const nonce = randomNonce();
    const url = buildAuthorizationUrl(configuration, {
      ...target.settings.authorizeParameters,
      ...forwarded(target.settings, input),
      response_type: 'code',
      redirect_uri: input.callbackUrl,
      scope: target.settings.scopes.join(' '),
      state: input.state,
      nonce,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    return { redirectTo: url.href, exchange: { codeVerifier, nonce } };
  }

  async complete(target: ConnectorTarget<OidcProviderSettings>, input: CompleteInput): Promise<ExternalIdentity> {
    const configuration = await this.configurations.of(target);
    try {
      const tokens = await authorizationCodeGrant(configuration, answerUrl(input), {
        expectedState: input.state,
        expectedNonce: String(input.exchange.nonce),
        pkceCodeVerifier: String(input.exchange.codeVerifier),
        idTokenExpected: true,
      });
      const idToken = tokens.claims();
      if (!idToken) throw new FoyerError('upstreamWrong', 'idp.token.missing', 'The identity provider sent no ID token.');
      const more = await this.userInfo(configuration, tokens.access_token, idToken, input.wantedClaims);
      return externalIdentity(idToken, more);
    } catch (error) {
      throw translateError(error);
    }
  }

  /** Claims of the userinfo endpoint, asked for only when the ID token lacks one that is mapped (OpenID Connect Core §5.3). */
  private async userInfo(
    configuration: Configuration,
    accessToken: string,
    idToken: IDToken,
    wanted: readonly string[],
  ): Promise<Readonly<Record<string, unknown>>> {
    const lacking = wanted.some((claim) => !(claim in idToken));
    if (!lacking || !configuration.serverMetadata().userinfo_endpoint) return {};
    return fetchUserInfo(configuration, accessToken, idToken.sub);
  }
}

function forwarded(settings: OidcProviderSettings, { forward }: BeginInput): Record<string, string> {
  const parameters: Record<string, string> = {};
  const may = (name: OidcProviderSettings['forward'][number]): boolean => settings.forward.includes(name);
  if (forward.prompt && may('prompt')) parameters.prompt = forward.prompt;
  if (forward.acrValues && may('acr_values')) parameters.acr_values = forward.acrValues;
  if (forward.loginHint && may('login_hint')) parameters.login_hint = forward.loginHint;
  // `max_age` also obliges the provider to state `auth_time`, which is what proves a new login (OpenID Connect Core §2, §3.1.2.1).
  const maxAge = forward.maxAge ?? (forward.prompt?.split(' ').includes('login') ? 0 : undefined);
  if (maxAge !== undefined && may('max_age')) parameters.max_age = String(maxAge);
  return parameters;
}

/** The address at which the answer arrived, rebuilt from the parsed parameters. */
function answerUrl(input: CompleteInput): URL {
  const url = new URL(input.callbackUrl);
  for (const [name, value] of Object.entries(input.parameters)) url.searchParams.set(name, value);
  return url;
}

function externalIdentity(idToken: IDToken, userInfo: Readonly<Record<string, unknown>>): ExternalIdentity {
  // What the signed ID token says wins over userinfo.
  const claims: Record<string, unknown> = {};
  for (const [name, value] of [...Object.entries(userInfo), ...Object.entries(idToken)]) {
    if (!protocolClaims.has(name)) claims[name] = value;
  }
  return { issuer: idToken.iss, subject: idToken.sub, claims, evidence: evidenceOf(idToken) };
}

function evidenceOf(idToken: IDToken): Evidence {
  const { auth_time: authTime, acr, amr, sid } = idToken;
  return {
    ...(typeof authTime === 'number' ? { authTime } : {}),
    ...(typeof acr === 'string' ? { acr } : {}),
    ...(Array.isArray(amr) ? { amr: amr.filter((method) => typeof method === 'string') } : {}),
    ...(typeof sid === 'string' ? { sessionIndex: sid } : {}),
  };
}
