import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Vault } from '@foyer/platform';
import { sectionFaultLines } from '../../test/support/section-faults.js';
import { ApplicationsSection } from './applications.section.js';

const section = new ApplicationsSection(new Vault(Buffer.alloc(32)), { outgoingAllow: [], publicUrl: 'https://foyer.example' });

const oidc = { clientId: 'intranet', clientSecret: 'a long secret', redirectUris: ['https://intranet.example/callback'] };
const good = { name: 'intranet', protocol: 'oidc', oidc };
const withOidc = (more: object): object => ({ ...good, oidc: { ...oidc, ...more } });
const publicClient = (more: object): object => withOidc({ clientAuthentication: 'none', clientSecret: undefined, ...more });
const pairwise = (more: object): object => withOidc({ subjectType: 'pairwise', ...more });
const sectorIdentifierUri = 'https://sector.example/redirect-uris.json';
const redirect = (uri: unknown): object => withOidc({ redirectUris: [uri] });

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicJwk = { ...pair.publicKey.export({ format: 'jwk' }) };
const byKey = { clientAuthentication: 'private_key_jwt', clientSecret: undefined, jwks: { keys: [publicJwk] } };

const faultsOf = (input: unknown): string[] => sectionFaultLines(section, input);

const long = (length: number): string => 'a'.repeat(length);
const many = (count: number, item: (n: number) => unknown): unknown[] => Array.from({ length: count }, (_, n) => item(n));

test('what is left out has the defaults of the design', () => {
  expect(JSON.parse(JSON.stringify(section.normalize(good, '')))).toEqual({
    name: 'intranet',
    displayName: 'intranet',
    enabled: true,
    protocol: 'oidc',
    oidc: {
      ...oidc,
      clientAuthentication: 'client_secret_basic',
      postLogoutRedirectUris: [],
      grantTypes: ['authorization_code', 'refresh_token'],
      resources: [],
      subjectType: 'public',
      idTokenAlg: 'RS256',
      requirePushedRequests: false,
    },
    login: { identityProviders: [], local: true },
    claims: { requested: [], mandatory: [], idToken: [] },
    consent: 'implicit',
    assertIdentity: 'local',
  });
});

test('local login is the default only where no identity provider is listed', () => {
  expect(section.normalize({ ...good, login: { identityProviders: ['acme'] } }, '').login.local).toBe(false);
  expect(section.normalize({ ...good, login: { identityProviders: ['acme'], local: true } }, '').login.local).toBe(true);
});

test.each<[string, object]>([
  ['http on this machine', redirect('http://localhost:8082/callback')],
  ['http on loopback', redirect('http://127.0.0.1/callback')],
  ['http on loopback in IPv6', redirect('http://[::1]:3000/callback')],
  ['a query', redirect('https://intranet.example/callback?a=b')],
  ['a scheme of its own, for a public client', publicClient({ redirectUris: ['com.example.app:/callback'] })],
  ['keys', withOidc(byKey)],
  ['an address of keys', withOidc({ ...byKey, jwks: undefined, jwksUri: 'https://intranet.example/jwks' })],
  ['a client that acts for itself', withOidc({ grantTypes: ['client_credentials'], redirectUris: [] })],
  ['resources', withOidc({ resources: [{ uri: 'https://api.example/orders', scopes: ['orders:read'] }, { uri: 'urn:example:api' }] })],
  ['consent, and the claims of the login', { ...good, consent: 'ask', assertIdentity: 'external' }],
  ['mandatory claims', { ...good, claims: { requested: ['email', 'costCentre', 'roles'], mandatory: ['email', 'costCentre'] } }],
  ['subjects of one host', pairwise({ redirectUris: ['https://a.example/1', 'https://a.example/2'] })],
  ['subjects of one sector', pairwise({ redirectUris: ['https://a.example/1', 'https://b.example/2'], sectorIdentifierUri })],
  ['subjects of an app', publicClient({ subjectType: 'pairwise', redirectUris: ['com.example.app:/callback'], sectorIdentifierUri })],
])('accepted: %s', (_, input) => {
  expect(faultsOf(input)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['no object', 5, ' type.wrong'],
  ['an unknown key', { ...good, colour: 'red' }, 'colour key.unknown'],
  ['no name', { ...good, name: undefined }, 'name value.missing'],
  ['a malformed name', { ...good, name: 'In tranet' }, 'name value.invalid'],
  ['a name of our own', { ...good, name: 'foyer-console' }, 'name name.reserved'],
  ['a display name that is too long', { ...good, displayName: long(256) }, 'displayName value.tooLong'],
  ['text for a flag', { ...good, enabled: 'true' }, 'enabled type.wrong'],
  ['a protocol for later', { name: 'intranet', protocol: 'saml' }, 'protocol settings.notSupported'],
  ['settings for later', { ...good, saml: {} }, 'saml settings.notSupported'],
  ['unknown consent', { ...good, consent: 'maybe' }, 'consent value.notOneOf'],
  ['a theme that leaves its folder', { ...good, theme: '../x' }, 'theme value.invalid'],
  ['no client', { ...good, oidc: undefined }, 'oidc value.missing'],
  ['no client id', withOidc({ clientId: undefined }), 'oidc.clientId value.missing'],
  ['a client id with a blank', withOidc({ clientId: 'a b' }), 'oidc.clientId value.invalid'],
  ['a client id that is too long', withOidc({ clientId: long(129) }), 'oidc.clientId value.tooLong'],
  ['a client id of our own', withOidc({ clientId: 'foyer-admin' }), 'oidc.clientId name.reserved'],
  ['no secret', withOidc({ clientSecret: undefined }), 'oidc.clientSecret value.missing'],
  ['a short secret', withOidc({ clientSecret: 'short' }), 'oidc.clientSecret value.tooShort'],
  ['a secret of a public client', publicClient({ clientSecret: 'a long secret' }), 'oidc.clientSecret value.unused'],
  ['an unknown way to authenticate', withOidc({ clientAuthentication: 'tls_client_auth' }), 'oidc.clientAuthentication value.notOneOf'],
  ['no keys', withOidc({ ...byKey, jwks: undefined }), 'oidc.jwksUri value.missing'],
  ['two sources of keys', withOidc({ ...byKey, jwksUri: 'https://intranet.example/jwks' }), 'oidc.jwks value.unused'],
  ['keys without a use', withOidc({ jwks: { keys: [publicJwk] } }), 'oidc.jwks value.unused'],
  ['private keys', withOidc({ ...byKey, jwks: { keys: [{ ...pair.privateKey.export({ format: 'jwk' }) }] } }), 'oidc.jwks value.invalid'],
  ['keys that are none', withOidc({ ...byKey, jwks: { keys: [{ kty: 'EC' }] } }), 'oidc.jwks value.invalid'],
  ['no list of keys', withOidc({ ...byKey, jwks: 'keys' }), 'oidc.jwks type.wrong'],
  [
    'an address of keys without TLS',
    withOidc({ ...byKey, jwks: undefined, jwksUri: 'http://intranet.example/jwks' }),
    'oidc.jwksUri outgoing.refused',
  ],
  [
    'an address of keys on this machine',
    withOidc({ ...byKey, jwks: undefined, jwksUri: 'https://10.0.0.1/jwks' }),
    'oidc.jwksUri outgoing.refused',
  ],
  [
    'an address of keys that is a file',
    withOidc({ ...byKey, jwks: undefined, jwksUri: 'file:///etc/passwd' }),
    'oidc.jwksUri value.invalid',
  ],
  ['no redirect URI', withOidc({ redirectUris: [] }), 'oidc.redirectUris value.missing'],
  ['text for redirect URIs', withOidc({ redirectUris: 'https://intranet.example' }), 'oidc.redirectUris type.wrong'],
  ['too many redirect URIs', withOidc({ redirectUris: many(51, (n) => `https://a.example/${n}`) }), 'oidc.redirectUris value.tooLong'],
  ['a redirect URI twice', withOidc({ redirectUris: [...oidc.redirectUris, ...oidc.redirectUris] }), 'oidc.redirectUris value.duplicate'],
  ['a redirect URI of another type', redirect(5), 'oidc.redirectUris[0] type.wrong'],
  ['a relative redirect URI', redirect('/callback'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI with a fragment', redirect('https://intranet.example/#x'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI with an empty fragment', redirect('https://intranet.example/#'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI with a wildcard', redirect('https://*.example/callback'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI with a password', redirect('https://a:b@intranet.example/'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI without TLS', redirect('http://intranet.example/'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI that looks local', redirect('http://localhost.example.org/'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI that is a script', publicClient({ redirectUris: ['javascript:alert(1)'] }), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI that is data', publicClient({ redirectUris: ['data:text/html,x'] }), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a scheme of its own, for a client with a secret', redirect('com.example.app:/callback'), 'oidc.redirectUris[0] redirectUri.invalid'],
  ['a redirect URI that is too long', redirect(`https://a.example/${long(512)}`), 'oidc.redirectUris[0] value.tooLong'],
  [
    'a relative address after logging out',
    withOidc({ postLogoutRedirectUris: ['/'] }),
    'oidc.postLogoutRedirectUris[0] redirectUri.invalid',
  ],
  ['no grant types', withOidc({ grantTypes: [] }), 'oidc.grantTypes value.missing'],
  ['an unknown grant type', withOidc({ grantTypes: ['authorization_code', 'password'] }), 'oidc.grantTypes[1] value.notOneOf'],
  ['refresh tokens of nothing', withOidc({ grantTypes: ['refresh_token'] }), 'oidc.grantTypes value.invalid'],
  [
    'a public client that acts for itself',
    publicClient({ grantTypes: ['authorization_code', 'client_credentials'] }),
    'oidc.grantTypes[1] value.invalid',
  ],
  ['a relative resource', withOidc({ resources: [{ uri: '/orders' }] }), 'oidc.resources[0].uri value.invalid'],
  ['a resource twice', withOidc({ resources: [{ uri: 'urn:a:b' }, { uri: 'urn:a:b' }] }), 'oidc.resources value.duplicate'],
  ['a scope with a quote', withOidc({ resources: [{ uri: 'urn:a:b', scopes: ['a"b'] }] }), 'oidc.resources[0].scopes[0] value.invalid'],
  ['an algorithm without a signature', withOidc({ idTokenAlg: 'none' }), 'oidc.idTokenAlg value.notOneOf'],
  ['text for another flag', withOidc({ requirePushedRequests: 'no' }), 'oidc.requirePushedRequests type.wrong'],
  ['logins that are no object', { ...good, login: ['acme'] }, 'login type.wrong'],
  ['text for identity providers', { ...good, login: { identityProviders: 'acme' } }, 'login.identityProviders type.wrong'],
  [
    'a malformed name of an identity provider',
    { ...good, login: { identityProviders: ['ACME'] } },
    'login.identityProviders[0] value.invalid',
  ],
  ['text for local login', { ...good, login: { local: 'no' } }, 'login.local type.wrong'],
  ['claims that are malformed', { ...good, claims: { requested: ['given-name'] } }, 'claims.requested[0] value.invalid'],
  ['too many claims', { ...good, claims: { requested: many(101, (n) => `a${n}`) } }, 'claims.requested value.tooLong'],
  [
    'mandatory claims that are not released',
    { ...good, claims: { requested: ['email'], mandatory: ['email', 'givenName'] } },
    'claims.mandatory[1] setting.contradicts',
  ],
  ['mandatory claims of nothing', { ...good, claims: { mandatory: ['email'] } }, 'claims.mandatory[0] setting.contradicts'],
  ['mandatory roles', { ...good, claims: { requested: ['roles'], mandatory: ['roles'] } }, 'claims.mandatory[0] attribute.notAskable'],
  [
    'mandatory proof of an address',
    { ...good, claims: { requested: ['emailVerified'], mandatory: ['emailVerified'] } },
    'claims.mandatory[0] attribute.notAskable',
  ],
  ['text for mandatory claims', { ...good, claims: { requested: ['email'], mandatory: 'email' } }, 'claims.mandatory type.wrong'],
  ['an unknown identity', { ...good, assertIdentity: 'both' }, 'assertIdentity value.notOneOf'],
  ['unknown subjects', withOidc({ subjectType: 'private' }), 'oidc.subjectType value.notOneOf'],
  [
    'subjects of several hosts',
    pairwise({ redirectUris: ['https://a.example/1', 'https://a.example:8443/1'] }),
    'oidc.subjectType setting.contradicts',
  ],
  [
    'subjects of no host',
    publicClient({ subjectType: 'pairwise', redirectUris: ['com.example.app:/callback'] }),
    'oidc.subjectType setting.contradicts',
  ],
  ['subjects of nobody', pairwise({ grantTypes: ['client_credentials'], redirectUris: [] }), 'oidc.subjectType setting.contradicts'],
  ['a sector without TLS', pairwise({ sectorIdentifierUri: 'http://a.example/' }), 'oidc.sectorIdentifierUri value.invalid'],
  ['a sector that is no address', pairwise({ sectorIdentifierUri: 'a.example' }), 'oidc.sectorIdentifierUri value.invalid'],
  ['a sector of public subjects', withOidc({ sectorIdentifierUri }), 'oidc.sectorIdentifierUri value.unused'],
  ['claims of another type', { ...good, claims: { idToken: 'email' } }, 'claims.idToken type.wrong'],
])('refused with one fault: %s', (_, input, fault) => {
  expect(faultsOf(input)).toEqual([fault]);
});

test('messages say what is wrong, and never the value', () => {
  try {
    section.normalize(withOidc({ clientSecret: 'hush', redirectUris: ['http://hush.example'] }), 'applications[2]');
    throw new Error('was accepted');
  } catch (error) {
    expect(error).toMatchObject({
      faults: [
        { path: 'applications[2].oidc.clientSecret', message: 'must have 8 to 1024 characters' },
        { path: 'applications[2].oidc.redirectUris[0]', message: 'must be https: plain http is for this machine only' },
      ],
    });
  }
});
