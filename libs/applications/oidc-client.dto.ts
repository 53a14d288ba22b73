import {
  ChoiceField,
  ChoicesField,
  eachRule,
  FlagField,
  isReservedName,
  ObjectListField,
  rule,
  TextField,
  TextListField,
  ValueField,
} from '@foyer/platform';
import { IsObject, ValidateBy } from 'class-validator';
import { isPublicKeySet } from './json-web-keys.js';
import { redirectUriProblem } from './redirect-uri.js';
import type { OidcClientSettings } from './settings.js';

const authentication = (settings: object): unknown => Reflect.get(settings, 'clientAuthentication');
const usesSecret = (settings: object): boolean => ['client_secret_basic', 'client_secret_post'].includes(String(authentication(settings)));
const goesWithoutSecret = (settings: object): boolean => ['private_key_jwt', 'none'].includes(String(authentication(settings)));
const usesKeys = (settings: object): boolean => authentication(settings) === 'private_key_jwt';
const has = (settings: object, key: string): boolean => Reflect.get(settings, key) !== undefined;

/** A redirect URI, in the words of what is wrong with it. */
const RedirectUris = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isRedirectUri',
      validator: { validate: (uri, args) => redirectUriProblem(uri, authentication(args?.object ?? {}) === 'none') === undefined },
    },
    {
      each: true,
      message: (args) => redirectUriProblem(args.value, authentication(args.object) === 'none') ?? '',
      context: { code: 'redirectUri.invalid' },
    },
  );

const absoluteUri = (value: unknown): boolean => typeof value !== 'string' || (URL.canParse(value) && !/[#\s]/.test(value));
const scope = {
  pattern: /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  patternMessage: 'must be a scope of OAuth 2.0: printable ASCII without space, quote and backslash',
} as const;

export class ResourceDto {
  @TextField({
    description: 'The resource indicator (RFC 8707): an absolute URI without fragment.',
    example: 'https://api.example/orders',
    max: 512,
  })
  @rule('isAbsolute', absoluteUri, 'must be an absolute URI without fragment')
  uri!: string;

  @TextListField({
    description: 'The scopes that tokens for it may have.',
    example: ['orders:read'],
    default: [],
    maxItems: 100,
    max: 255,
    ...scope,
  })
  scopes: string[] = [];
}

/** An OpenID Connect client. */
export class OidcClientDto implements OidcClientSettings {
  @TextField({
    description: 'Unique; what the application calls itself.',
    example: 'intranet',
    max: 128,
    pattern: /^[\x21-\x7e]+$/,
    patternMessage: 'must have printable ASCII characters without blanks only',
  })
  @rule('freeClientId', (value) => !isReservedName(value), 'must not begin with foyer-', 'name.reserved')
  clientId!: string;

  @TextField({
    description: 'The client secret, for client_secret_basic and client_secret_post.',
    example: '${INTRANET_SECRET}',
    min: 8,
    max: 1024,
    requiredWhen: usesSecret,
    secret: true,
  })
  @rule(
    'secretIsUsed',
    (value, settings) => value === undefined || !goesWithoutSecret(settings),
    'has no use with this clientAuthentication',
    'value.unused',
  )
  clientSecret?: string;

  @ChoiceField({
    description: 'How the client authenticates. A client with a secret may use Basic or post, whichever of the two is named.',
    values: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    default: 'client_secret_basic',
  })
  clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none' = 'client_secret_basic';

  @ValueField({
    description: 'The client’s public keys as a JWK Set, for private_key_jwt.',
    type: 'JWK Set',
    optional: true,
    schema: { type: 'object', additionalProperties: true },
    example: { keys: [{ kty: 'EC', crv: 'P-256', x: '…', y: '…' }] },
  })
  @rule('oneSource', (_, settings) => !has(settings, 'jwksUri'), 'must not stand beside jwksUri: one of the two', 'value.unused')
  @rule('keysAreUsed', (_, settings) => usesKeys(settings), 'has a use only with clientAuthentication private_key_jwt', 'value.unused')
  @rule('isPublicKeySet', isPublicKeySet, 'must be a JWK Set of 1 to 20 public keys')
  @IsObject()
  jwks?: { keys: Record<string, unknown>[] };

  @TextField({
    description: 'Where the client’s public keys are, for private_key_jwt without jwks.',
    example: 'https://intranet.example/jwks',
    max: 512,
    requiredWhen: (settings) => usesKeys(settings) && !has(settings, 'jwks'),
  })
  @rule('isAbsolute', absoluteUri, 'must be an absolute URI without fragment')
  @rule('isWeb', (value) => typeof value !== 'string' || /^https?:/.test(value), 'must be an https URL')
  @rule(
    'keysAreUsed',
    (value, settings) => value === undefined || usesKeys(settings),
    'has a use only with clientAuthentication private_key_jwt',
    'value.unused',
  )
  jwksUri?: string;

  @TextListField({
    description: 'Where answers may be sent: compared exactly. https, or http on this machine, or a scheme of its own for public clients.',
    example: ['https://intranet.example/callback'],
    default: [],
    maxItems: 50,
    max: 512,
  })
  @RedirectUris()
  @rule('hasRedirectUri', hasRedirectUri, 'must have at least one item with grantTypes authorization_code', 'value.missing')
  redirectUris: string[] = [];

  @TextListField({ description: 'Where a person may be sent after logging out.', default: [], maxItems: 50, max: 512 })
  @RedirectUris()
  postLogoutRedirectUris: string[] = [];

  @ChoicesField({
    description: 'What the client may ask for at the token endpoint.',
    values: ['authorization_code', 'refresh_token', 'client_credentials'],
    default: ['authorization_code', 'refresh_token'],
  })
  @rule('needsCode', needsCode, 'must have authorization_code beside refresh_token')
  @rule('hasGrant', (value) => !Array.isArray(value) || value.length > 0, 'must have at least one item', 'value.missing')
  @eachRule(
    'mayActAlone',
    (item, settings) => item !== 'client_credentials' || authentication(settings) !== 'none',
    'needs a client that authenticates',
  )
  grantTypes: ('authorization_code' | 'refresh_token' | 'client_credentials')[] = ['authorization_code', 'refresh_token'];

  @ObjectListField(() => ResourceDto, {
    description: 'Resources that access tokens may be for: such tokens are JWTs.',
    default: [],
    maxItems: 50,
  })
  @rule('distinct', distinctUris, 'must not have the same uri twice', 'value.duplicate')
  resources: ResourceDto[] = [];

  @ChoiceField({
    description:
      'With `pairwise`, applications on different hosts cannot tell by `sub` that it is the same person (OpenID Connect Core §8).',
    values: ['public', 'pairwise'],
    default: 'public',
  })
  @rule(
    'hasOneSector',
    hasOneSector,
    'needs sectorIdentifierUri, or redirectUris that are all on one host: the host decides who shares a sub',
    'setting.contradicts',
  )
  subjectType: OidcClientSettings['subjectType'] = 'public';

  @TextField({
    description:
      'Its host says which applications share a pairwise `sub`: for redirect URIs on several hosts, or without one. It is not fetched.',
    optional: true,
    example: 'https://intranet.example/redirect-uris.json',
    max: 512,
  })
  @rule('isAbsolute', absoluteUri, 'must be an absolute URI without fragment')
  @rule('isHttps', (value) => typeof value !== 'string' || value.startsWith('https:'), 'must be an https URL')
  @rule(
    'sectorIsUsed',
    (_, settings) => Reflect.get(settings, 'subjectType') === 'pairwise',
    'has a use only with subjectType pairwise',
    'value.unused',
  )
  sectorIdentifierUri?: string;

  @ChoiceField({ description: 'How its ID tokens are signed.', values: ['RS256', 'ES256', 'EdDSA'], default: 'RS256' })
  idTokenAlg: 'RS256' | 'ES256' | 'EdDSA' = 'RS256';

  @FlagField({ description: 'Whether authorization requests have to be pushed (RFC 9126).', default: false })
  requirePushedRequests = false;
}

function hasRedirectUri(value: unknown, settings: object): boolean {
  const grants: unknown = Reflect.get(settings, 'grantTypes');
  return !Array.isArray(value) || value.length > 0 || (Array.isArray(grants) && !grants.includes('authorization_code'));
}

/** OpenID Connect Core §8.1. A redirect URI of a scheme of its own has no host. */
function hasOneSector(value: unknown, settings: object): boolean {
  if (value !== 'pairwise' || has(settings, 'sectorIdentifierUri')) return true;
  const uris: unknown = Reflect.get(settings, 'redirectUris');
  const hosts = Array.isArray(uris) ? uris.map((uri: unknown) => (URL.canParse(String(uri)) ? new URL(String(uri)).host : '')) : [];
  return hosts.length > 0 && hosts[0] !== '' && new Set(hosts).size === 1;
}

function needsCode(value: unknown): boolean {
  return !Array.isArray(value) || !value.includes('refresh_token') || value.includes('authorization_code');
}

function distinctUris(value: unknown): boolean {
  if (!Array.isArray(value)) return true;
  const uris = value.map((item: unknown): unknown => Reflect.get(Object(item) as object, 'uri'));
  return new Set(uris).size === uris.length;
}
