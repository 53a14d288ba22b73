import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { ChoiceField, ChoicesField, NumberField, rule, TextField, TextListField, TextMapField, type SecretField } from '@foyer/platform';
import type { OidcProviderSettings } from './settings.js';

/** Parameters of the authorization request that Foyer itself sets, so that an answer can be bound to its request. */
const ownParameters = [
  ...['client_id', 'response_type', 'response_mode', 'redirect_uri', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method'],
  ...['request', 'request_uri', 'client_secret', 'client_assertion', 'client_assertion_type'],
];

/** RFC 8414 §2: an issuer has no query and no fragment. Whether http is allowed is up to the policy for outgoing requests. */
function isIssuer(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value) || /[?#\s]/.test(value)) return false;
  const url = new URL(value);
  return ['https:', 'http:'].includes(url.protocol) && url.username === '' && url.password === '';
}

/** A private key as PEM (PKCS #8) or as a JWK. */
function isPrivateKey(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    if (!value.trimStart().startsWith('{')) return createPrivateKey(value).type === 'private';
    const jwk: JsonWebKey = JSON.parse(value) as JsonWebKey;
    return createPrivateKey({ key: jwk, format: 'jwk' }).type === 'private';
  } catch {
    return false;
  }
}

const usesKey = (settings: object): boolean => Reflect.get(settings, 'clientAuthentication') === 'private_key_jwt';

/** The schema of the `oidc` connector's settings. */
export class OidcProviderSettingsDto implements OidcProviderSettings {
  @TextField({
    description: 'The issuer identifier of the OpenID Provider, exactly as it stands in its ID tokens.',
    example: 'https://login.acme.example',
    max: 512,
  })
  @rule('isIssuer', isIssuer, 'must be an absolute https URL without query and fragment')
  issuer!: string;

  @TextField({
    description: 'The client id under which Foyer is registered there.',
    example: 'foyer',
    max: 255,
    pattern: /^[\x20-\x7e]+$/,
    patternMessage: 'must have printable ASCII characters only',
  })
  clientId!: string;

  @rule(
    'secretIsUsed',
    (value, settings) => value === undefined || !usesKey(settings),
    'has no use with clientAuthentication private_key_jwt',
    'value.unused',
  )
  @TextField({
    description: 'The client secret, for client_secret_basic and client_secret_post.',
    example: '${ACME_SECRET}',
    max: 1024,
    requiredWhen: (settings) => !usesKey(settings),
    secret: true,
  })
  clientSecret?: string;

  @ChoiceField({
    description: 'How Foyer authenticates at the token endpoint.',
    values: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    default: 'client_secret_basic',
  })
  clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' = 'client_secret_basic';

  @rule(
    'keyIsUsed',
    (value, settings) => value === undefined || usesKey(settings),
    'has a use only with clientAuthentication private_key_jwt',
    'value.unused',
  )
  @rule('isPrivateKey', isPrivateKey, 'must be a private key as PEM (PKCS #8) or JWK')
  @TextField({
    description: 'The private key for private_key_jwt, as PEM (PKCS #8) or JWK.',
    example: '${file:/run/secrets/acme.pem}',
    max: 16_384,
    requiredWhen: usesKey,
    secret: true,
  })
  privateKey?: string;

  @TextListField({
    description: 'The scopes that Foyer asks for.',
    default: ['openid', 'profile', 'email'],
    maxItems: 50,
    max: 255,
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]+$/,
    patternMessage: 'must be a scope of OAuth 2.0: printable ASCII without space, quote and backslash',
  })
  @rule('hasOpenid', (value) => !Array.isArray(value) || value.includes('openid'), 'must contain openid')
  scopes: string[] = ['openid', 'profile', 'email'];

  @TextMapField({
    description: 'Further parameters of every authorization request.',
    example: { hd: 'acme.example' },
    default: {},
    maxKeys: 20,
    max: 1024,
    reserved: ownParameters,
  })
  authorizeParameters: Record<string, string> = {};

  @ChoicesField({
    description: 'Which parameters of an application’s request the provider hears of.',
    values: ['prompt', 'acr_values', 'login_hint', 'max_age'],
    default: ['prompt', 'acr_values', 'login_hint', 'max_age'],
  })
  forward: ('prompt' | 'acr_values' | 'login_hint' | 'max_age')[] = ['prompt', 'acr_values', 'login_hint', 'max_age'];

  @NumberField({ description: 'How far the provider’s clock may be off, in seconds.', default: 30, min: 0, max: 600 })
  clockSkewSeconds = 30;

  @NumberField({ description: 'How long one request to the provider may take, in milliseconds.', default: 5000, min: 100, max: 60_000 })
  timeoutMs = 5000;

  @NumberField({
    description: 'The largest answer of the provider that is read, in bytes.',
    default: 1_048_576,
    min: 1024,
    max: 16_777_216,
  })
  maxResponseBytes = 1_048_576;
}

const authentication = (input: Readonly<Record<string, unknown>>): unknown =>
  Reflect.get(Object(input.oidc) as object, 'clientAuthentication');

/** The secrets in it, as they stand in an identity provider's settings. */
export const oidcProviderSecrets: readonly SecretField[] = [
  { path: 'oidc.clientSecret', appliesTo: (input) => authentication(input) !== 'private_key_jwt' },
  { path: 'oidc.privateKey', appliesTo: (input) => authentication(input) === 'private_key_jwt' },
];
