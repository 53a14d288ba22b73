import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { faultLines, provider, providersSection } from '../../test/support/provider-settings.js';

const { oidc } = provider;
const withOidc = (more: object): object => ({ ...provider, oidc: { ...oidc, ...more } });
const withClaims = (more: object): object => ({ ...provider, claims: more });
const withMapping = (more: object): object => withClaims({ mappings: [more] });
const withJit = (more: object): object => ({ ...provider, jit: more });

const long = (length: number): string => 'a'.repeat(length);
const many = (count: number, item: (n: number) => unknown): unknown[] => Array.from({ length: count }, (_, n) => item(n));
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const byKey = { clientAuthentication: 'private_key_jwt', clientSecret: undefined, privateKey: pem };

test('what is left out has the defaults of the design', () => {
  expect(JSON.parse(JSON.stringify(providersSection().normalize(provider, '')))).toEqual({
    name: 'acme',
    displayName: 'acme',
    enabled: true,
    protocol: 'oidc',
    oidc: {
      ...oidc,
      clientAuthentication: 'client_secret_basic',
      scopes: ['openid', 'profile', 'email'],
      authorizeParameters: {},
      forward: ['prompt', 'acr_values', 'login_hint', 'max_age'],
      clockSkewSeconds: 30,
      timeoutMs: 5000,
      maxResponseBytes: 1048576,
    },
    homeRealms: [],
    claims: { mappings: [] },
    roles: { mappings: [], unmapped: 'drop', revoke: 'granted-here', default: [], never: [] },
    jit: {
      enabled: false,
      mode: 'blocking',
      onFailure: 'deny',
      userStore: 'PRIMARY',
      prompt: 'none',
      attributeSync: 'overwrite',
      linking: { existing: 'deny', match: [] },
      trustedDomains: [],
      consentPurposes: [],
      onConsentRefused: 'deny',
    },
  });
});

test.each<[string, object]>([
  ['a private key as PEM', withOidc(byKey)],
  [
    'a private key as JWK',
    withOidc({ ...byKey, privateKey: JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })) }),
  ],
  ['every kind of constant', withClaims({ mappings: ['x', 1, true, ['a'], 'y'].map((value, n) => ({ to: `a${n}`, value })) })],
  ['a mapping of the authentication context', withMapping({ to: 'acr', from: 'acr' })],
  ['an address as a constant', withMapping({ to: 'address', value: { locality: 'Lund' } })],
  ['the longest name', { ...provider, name: long(63) }],
])('accepted: %s', (_, input) => {
  expect(faultLines(input)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['no object', 'acme', ' type.wrong'],
  ['an unknown key', { ...provider, colour: 'red' }, 'colour key.unknown'],
  ['no name', { ...provider, name: undefined }, 'name value.missing'],
  ['a name of another type', { ...provider, name: 5 }, 'name type.wrong'],
  ['a name with capitals', { ...provider, name: 'Acme' }, 'name value.invalid'],
  ['a name that leaves its address', { ...provider, name: '../users' }, 'name value.invalid'],
  ['a name that is too long', { ...provider, name: long(64) }, 'name value.tooLong'],
  ['an empty name', { ...provider, name: '' }, 'name value.tooShort'],
  ['a name of our own', { ...provider, name: 'foyer-acme' }, 'name name.reserved'],
  ['a display name of another type', { ...provider, displayName: ['x'] }, 'displayName type.wrong'],
  ['a display name that is too long', { ...provider, displayName: long(256) }, 'displayName value.tooLong'],
  ['a display name of half a character', { ...provider, displayName: '\ud800' }, 'displayName value.invalid'],
  ['text for a flag', { ...provider, enabled: 'yes' }, 'enabled type.wrong'],
  ['null', { ...provider, theme: null }, 'theme type.wrong'],
  ['a theme that leaves its folder', { ...provider, theme: '../x' }, 'theme value.invalid'],
  ['no protocol', { ...provider, protocol: undefined }, 'protocol value.missing'],
  ['an unknown protocol', { ...provider, protocol: 'ldap' }, 'protocol value.notOneOf'],
  ['a protocol for later', { name: 'acme', protocol: 'saml' }, 'protocol settings.notSupported'],
  ['settings for later', { ...provider, saml: {} }, 'saml settings.notSupported'],
  ['no settings of its protocol', { ...provider, oidc: undefined }, 'oidc value.missing'],
  ['a list for an object', { ...provider, oidc: [] }, 'oidc type.wrong'],
  ['an issuer that is no URL', withOidc({ issuer: 'acme' }), 'oidc.issuer value.invalid'],
  ['an issuer with a query', withOidc({ issuer: 'https://a.example/?x' }), 'oidc.issuer value.invalid'],
  ['an issuer with a password', withOidc({ issuer: 'https://a:b@a.example' }), 'oidc.issuer value.invalid'],
  ['an issuer of another scheme', withOidc({ issuer: 'javascript:alert(1)' }), 'oidc.issuer value.invalid'],
  ['an issuer without TLS', withOidc({ issuer: 'http://login.acme.example' }), 'oidc.issuer outgoing.refused'],
  ['an issuer on this machine', withOidc({ issuer: 'https://127.0.0.1' }), 'oidc.issuer outgoing.refused'],
  ['an issuer that tells secrets of the cloud', withOidc({ issuer: 'https://169.254.169.254' }), 'oidc.issuer outgoing.refused'],
  ['an issuer that is too long', withOidc({ issuer: `https://a.example/${long(512)}` }), 'oidc.issuer value.tooLong'],
  ['no client id', withOidc({ clientId: undefined }), 'oidc.clientId value.missing'],
  ['a client id of another type', withOidc({ clientId: 7 }), 'oidc.clientId type.wrong'],
  ['a client id with a line break', withOidc({ clientId: 'a\nb' }), 'oidc.clientId value.invalid'],
  ['no secret', withOidc({ clientSecret: undefined }), 'oidc.clientSecret value.missing'],
  ['a secret of another type', withOidc({ clientSecret: 12345678 }), 'oidc.clientSecret type.wrong'],
  ['a secret without a use', withOidc({ ...byKey, clientSecret: 'x' }), 'oidc.clientSecret value.unused'],
  ['no key', withOidc({ ...byKey, privateKey: undefined }), 'oidc.privateKey value.missing'],
  ['a key without a use', withOidc({ privateKey: pem }), 'oidc.privateKey value.unused'],
  ['a key that is none', withOidc({ ...byKey, privateKey: 'key' }), 'oidc.privateKey value.invalid'],
  ['a public key', withOidc({ ...byKey, privateKey: publicPem }), 'oidc.privateKey value.invalid'],
  ['a key that is too long', withOidc({ ...byKey, privateKey: long(16_385) }), 'oidc.privateKey value.tooLong'],
  ['an unknown way to authenticate', withOidc({ clientAuthentication: 'none' }), 'oidc.clientAuthentication value.notOneOf'],
  ['text for scopes', withOidc({ scopes: 'openid profile' }), 'oidc.scopes type.wrong'],
  ['scopes without openid', withOidc({ scopes: ['profile'] }), 'oidc.scopes value.invalid'],
  ['a scope with a blank', withOidc({ scopes: ['openid', 'a b'] }), 'oidc.scopes[1] value.invalid'],
  ['a scope twice', withOidc({ scopes: ['openid', 'openid'] }), 'oidc.scopes value.duplicate'],
  ['too many scopes', withOidc({ scopes: ['openid', ...many(50, String)] }), 'oidc.scopes value.tooLong'],
  ['text for parameters', withOidc({ authorizeParameters: 'a=b' }), 'oidc.authorizeParameters type.wrong'],
  ['a parameter of another type', withOidc({ authorizeParameters: { a: 1 } }), 'oidc.authorizeParameters value.invalid'],
  ['a parameter of our own', withOidc({ authorizeParameters: { state: 'x' } }), 'oidc.authorizeParameters value.reserved'],
  [
    'too many parameters',
    withOidc({ authorizeParameters: Object.fromEntries(many(21, (n) => [`p${n}`, 'x']) as [string, string][]) }),
    'oidc.authorizeParameters value.tooLong',
  ],
  ['an unknown parameter to forward', withOidc({ forward: ['display'] }), 'oidc.forward[0] value.notOneOf'],
  ['a number as text', withOidc({ clockSkewSeconds: '30' }), 'oidc.clockSkewSeconds type.wrong'],
  ['a skew of hours', withOidc({ clockSkewSeconds: 7200 }), 'oidc.clockSkewSeconds value.outOfRange'],
  ['a fraction', withOidc({ timeoutMs: 1000.5 }), 'oidc.timeoutMs type.wrong'],
  ['no number', withOidc({ timeoutMs: Number.NaN }), 'oidc.timeoutMs type.wrong'],
  ['a timeout of nothing', withOidc({ timeoutMs: 0 }), 'oidc.timeoutMs value.outOfRange'],
  ['an answer without end', withOidc({ maxResponseBytes: 1e9 }), 'oidc.maxResponseBytes value.outOfRange'],
  ['an unknown key of the protocol', withOidc({ issuers: [] }), 'oidc.issuers key.unknown'],
  ['a realm with blanks', { ...provider, homeRealms: ['acme example'] }, 'homeRealms[0] value.invalid'],
  ['a realm with two dots', { ...provider, homeRealms: ['acme..example'] }, 'homeRealms[0] value.invalid'],
  ['too many realms', { ...provider, homeRealms: many(101, (n) => `r${n}`) }, 'homeRealms value.tooLong'],
  ['claims that are no object', withClaims([]), 'claims type.wrong'],
  ['a claim of roles of another type', withClaims({ roles: ['groups'] }), 'claims.roles type.wrong'],
  ['a user id of another type', withClaims({ userId: 1 }), 'claims.userId type.wrong'],
  ['mappings that are no list', withClaims({ mappings: {} }), 'claims.mappings type.wrong'],
  ['a mapping that is none', withClaims({ mappings: ['email'] }), 'claims.mappings[0] type.wrong'],
  ['too many mappings', withClaims({ mappings: many(101, (n) => ({ from: 'a', to: `a${n}` })) }), 'claims.mappings value.tooLong'],
  ['a mapping to nowhere', withMapping({ from: 'email' }), 'claims.mappings[0].to value.missing'],
  ['a mapping from nowhere', withMapping({ to: 'email' }), 'claims.mappings[0].to value.missing'],
  ['a mapping from two sources', withMapping({ to: 'email', from: 'email', value: 'x' }), 'claims.mappings[0].from value.invalid'],
  ['a mapping to a malformed name', withMapping({ to: 'given-name', from: 'x' }), 'claims.mappings[0].to value.invalid'],
  ['a mapping to a name that every object has', withMapping({ to: '__proto__', from: 'x' }), 'claims.mappings[0].to name.reserved'],
  ['a mapping to the subject of tokens', withMapping({ to: 'sub', from: 'x' }), 'claims.mappings[0].to name.reserved'],
  ['a mapping to what only Foyer vouches for', withMapping({ to: 'email_verified', from: 'x' }), 'claims.mappings[0].to name.reserved'],
  ['a mapping to roles', withMapping({ to: 'roles', from: 'x' }), 'claims.mappings[0].to name.reserved'],
  ['a mapping to a long name', withMapping({ to: long(65), from: 'x' }), 'claims.mappings[0].to value.tooLong'],
  ['an empty constant', withMapping({ to: 'country', value: '' }), 'claims.mappings[0].value value.invalid'],
  ['a constant of objects', withMapping({ to: 'country', value: [{ a: 1 }] }), 'claims.mappings[0].value value.invalid'],
  ['a constant that is too long', withMapping({ to: 'country', value: long(5000) }), 'claims.mappings[0].value value.invalid'],
  ['an unknown rule', withMapping({ from: 'a', to: 'a', onAbsent: 'ignore' }), 'claims.mappings[0].onAbsent value.notOneOf'],
  ['an unknown owner', withMapping({ from: 'a', to: 'a', owner: 'me' }), 'claims.mappings[0].owner value.notOneOf'],
  ['an unknown key of a mapping', withMapping({ from: 'a', to: 'a', when: 'b' }), 'claims.mappings[0].when key.unknown'],
  ['provisioning that is no object', withJit(true as unknown as object), 'jit type.wrong'],
  ['roles that are no object', { ...provider, roles: ['x'] }, 'roles type.wrong'],
])('refused with one fault: %s', (_, input, fault) => {
  expect(faultLines(input)).toEqual([fault]);
});

test('what FOYER_OUTGOING_ALLOW lists may be http and private', () => {
  const lenient = providersSection(['localhost', '127.0.0.0/8', 'idp.internal']);
  for (const issuer of ['http://localhost:8081', 'http://127.0.0.1:8081', 'http://idp.internal/realm']) {
    expect(faultLines(withOidc({ issuer }), lenient)).toEqual([]);
  }
  expect(faultLines(withOidc({ issuer: 'http://elsewhere.internal' }), lenient)).toEqual(['oidc.issuer outgoing.refused']);
});
