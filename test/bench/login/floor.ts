/**
 * The floor: the smallest program that does the protocol work of a brokered login alone. `oidc-provider` with its in-memory adapter towards the
 * application, `openid-client` towards the identity provider, and one row written (SQLite, WAL, `synchronous=NORMAL`). Foyer's defaults where
 * they cost something: RS256 with 2048 bits, PKCE, the ID token's signature checked. Logs nothing.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Database from 'better-sqlite3';
import Provider from 'oidc-provider';
import * as client from 'openid-client';
import { applicationClient, floorClient, origins } from './parties.js';

const database = new Database(process.env.FLOOR_DATABASE ?? 'floor.db');
database.pragma('journal_mode = WAL');
database.pragma('synchronous = NORMAL');
database.exec('CREATE TABLE accounts (sub TEXT PRIMARY KEY, claims TEXT NOT NULL, seen INTEGER NOT NULL)');
const write = database.prepare(
  'INSERT INTO accounts VALUES (?, ?, ?) ON CONFLICT (sub) DO UPDATE SET claims = excluded.claims, seen = excluded.seen',
);
const read = database.prepare<[string], { claims: string }>('SELECT claims FROM accounts WHERE sub = ?');

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(origins.floor, {
  clients: [{ ...applicationClient, redirect_uris: [...applicationClient.redirect_uris] }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['floor'] },
  claims: { openid: ['sub'], profile: ['given_name', 'family_name', 'name', 'preferred_username'], email: ['email', 'email_verified'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const {
      client: application,
      session,
      provider: { Grant },
    } = ctx.oidc;
    const grant = new Grant({ clientId: application?.clientId, accountId: session?.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
  findAccount: (_ctx, sub) => {
    const row = read.get(sub);
    return row && { accountId: sub, claims: () => ({ sub, ...(JSON.parse(row.claims) as Record<string, unknown>) }) };
  },
});
const handle = provider.callback();

const upstream = await client.discovery(
  new URL(origins.provider),
  floorClient.id,
  undefined,
  client.ClientSecretBasic(floorClient.secret),
  {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  },
);
const callbackUrl = `${origins.floor}/callback`;
const pending = new Map<string, { verifier: string; nonce: string }>();

async function begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { uid, params } = await provider.interactionDetails(request, response);
  const verifier = client.randomPKCECodeVerifier();
  const nonce = client.randomNonce();
  pending.set(uid, { verifier, nonce });
  const url = client.buildAuthorizationUrl(upstream, {
    redirect_uri: callbackUrl,
    scope: 'openid profile email',
    state: uid,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    login_hint: String(params.login_hint),
  });
  response.writeHead(303, { location: url.href }).end();
}

async function callback(url: URL, response: ServerResponse): Promise<void> {
  const uid = url.searchParams.get('state') ?? '';
  const exchange = pending.get(uid);
  pending.delete(uid);
  const interaction = await provider.Interaction.find(uid);
  if (!exchange || !interaction) throw new Error('unknown state');
  const tokens = await client.authorizationCodeGrant(upstream, url, {
    expectedState: uid,
    expectedNonce: exchange.nonce,
    pkceCodeVerifier: exchange.verifier,
  });
  const { sub, iss: _iss, aud: _aud, exp: _exp, iat: _iat, nonce: _nonce, ...claims } = tokens.claims() ?? { sub: '' };
  write.run(sub, JSON.stringify(claims), Date.now());
  interaction.result = { login: { accountId: sub } };
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
  response.writeHead(303, { location: interaction.returnTo }).end();
}

createServer((request, response) => {
  const url = new URL(request.url ?? '/', origins.floor);
  const route = url.pathname.startsWith('/interaction/')
    ? begin(request, response)
    : url.pathname === '/callback'
      ? callback(url, response)
      : handle(request, response);
  Promise.resolve(route).catch((error: unknown) => response.writeHead(500).end(String(error)));
}).listen(Number(new URL(origins.floor).port), '127.0.0.1', () => process.send?.('ready'));

process.on('SIGTERM', () => process.exit(0));
