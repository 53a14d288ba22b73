import type { ClientMetadata, JWK } from 'oidc-provider';
import type { Asking, Audience } from '@foyer/login';
import type { Application, OidcClientSettings } from '@foyer/applications';

/** A client as this lib sees it: an application of the settings, or one of Foyer's own. */
export interface OidcClient {
  readonly clientId: string;
  /** The application's name. */
  readonly application: string;
  readonly theme?: string;
  /** What decides whose identity it is told, and whether the person is asked. */
  readonly audience: Audience & Asking;
  /** Local attributes, `roles` or `groups` that are released besides what scopes cover. */
  readonly requestedClaims: readonly string[];
  /** Those that stand in the ID token too. */
  readonly idTokenClaims: readonly string[];
  /** Clients with the same one see the same pairwise `sub` of a person; undefined: a public client, which sees the person's id. */
  readonly sector?: string;
  /** Scopes by the resource that they belong to (RFC 8707). */
  readonly resources: ReadonlyMap<string, readonly string[]>;
  readonly metadata: ClientMetadata;
}

/** Finds clients by their id, in memory. */
export interface OidcClients {
  find(clientId: string): OidcClient | undefined;
}

/** The client that an application is, in the terms of OpenID Connect Dynamic Client Registration §2. */
export function clientOf(application: Application): OidcClient {
  const { oidc } = application;
  return {
    clientId: oidc.clientId,
    application: application.name,
    theme: application.theme,
    audience: application,
    requestedClaims: application.claims.requested,
    idTokenClaims: application.claims.idToken,
    sector: sectorOf(oidc),
    resources: new Map(oidc.resources.map(({ uri, scopes }) => [uri, scopes])),
    metadata: metadataOf(application.displayName, oidc),
  };
}

function metadataOf(displayName: string, oidc: OidcClientSettings): ClientMetadata {
  return {
    client_id: oidc.clientId,
    client_name: displayName,
    ...(oidc.clientSecret === undefined ? {} : { client_secret: oidc.clientSecret }),
    token_endpoint_auth_method: oidc.clientAuthentication,
    redirect_uris: [...oidc.redirectUris],
    post_logout_redirect_uris: [...oidc.postLogoutRedirectUris],
    application_type: isNative(oidc.redirectUris) ? 'native' : 'web',
    grant_types: [...oidc.grantTypes],
    response_types: oidc.grantTypes.includes('authorization_code') ? ['code'] : [],
    subject_type: oidc.subjectType,
    ...(oidc.sectorIdentifierUri === undefined ? {} : { sector_identifier_uri: oidc.sectorIdentifierUri }),
    id_token_signed_response_alg: oidc.idTokenAlg,
    require_pushed_authorization_requests: oidc.requirePushedRequests,
    ...(oidc.jwks === undefined ? {} : { jwks: { keys: oidc.jwks.keys.filter(isJwk) } }),
    ...(oidc.jwksUri === undefined ? {} : { jwks_uri: oidc.jwksUri }),
  };
}

/** The host that stands for the sector (OpenID Connect Core §8.1): the settings make sure that there is one. */
function sectorOf({ subjectType, sectorIdentifierUri, redirectUris }: OidcClientSettings): string | undefined {
  if (subjectType === 'public') return undefined;
  return new URL(sectorIdentifierUri ?? redirectUris[0] ?? '').host;
}

/** Redirect URIs of schemes of their own belong to apps on a device (RFC 8252 §7.1). */
const isNative = (redirectUris: readonly string[]): boolean => redirectUris.some((uri) => !/^https?:/i.test(uri));

const isJwk = (key: Readonly<Record<string, unknown>>): key is Readonly<Record<string, unknown>> & JWK => typeof key.kty === 'string';
