import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CLOCK,
  ClientAddresses,
  createLogger,
  FoyerError,
  loadSettings,
  LOGGER,
  ProblemFilter,
  RateLimits,
  SETTINGS,
  SHORT_LIVED_STATE,
  SqliteState,
  systemClock,
} from '@foyer/platform';
import { AdminAccessModule } from './admin-access.module.js';
import { Caller, type AdminCaller } from './caller.js';
import type { AccessTokenVerifier, AdminAccounts, VerifiedAccessToken } from './contract.js';
import { RequireScope } from './require-scope.js';

const audience = ['http://localhost:8080/api/v1'];
const token = (subject: string, clientId: string, ...scopes: string[]): VerifiedAccessToken => ({
  subject,
  clientId,
  scopes,
  audience,
  jti: 'j',
});

const tokens: Record<string, VerifiedAccessToken> = {
  client: token('foyer-admin', 'foyer-admin', 'admin'),
  reader: token('script', 'script', 'users:read', 'openid'),
  writer: token('script', 'script', 'users:write'),
  owner: token('u-owner', 'foyer-console', 'admin'),
  helper: token('u-helper', 'foyer-console', 'admin'),
  person: token('u-person', 'foyer-console', 'admin'),
  disabled: token('u-disabled', 'foyer-console', 'admin'),
  gone: token('u-gone', 'foyer-console', 'admin'),
  elsewhere: { ...token('foyer-admin', 'foyer-admin', 'admin'), audience: ['http://localhost:8080/other'] },
};
const accounts: Record<string, { enabled: boolean; roles: string[] }> = {
  'u-owner': { enabled: true, roles: ['owner'] },
  'u-helper': { enabled: true, roles: ['foyer:users:read', 'developer'] },
  'u-person': { enabled: true, roles: ['developer'] },
  'u-disabled': { enabled: false, roles: ['owner'] },
};

let asked = 0;
const verifier: AccessTokenVerifier = {
  async verify(text) {
    asked += 1;
    const found = tokens[text];
    if (text === 'breaks') throw new Error('keys are gone');
    if (!found) throw new FoyerError('unauthenticated', 'jwt.signature', 'The signature does not match.');
    return found;
  },
};
const directory: AdminAccounts = { find: async (id) => accounts[id] };

@Controller('users')
@RequireScope('users:read')
class Users {
  @Get()
  list(@Caller() caller: AdminCaller): AdminCaller {
    return caller;
  }

  @Post()
  @RequireScope('users:write')
  create(): string {
    return 'created';
  }
}

@Module({
  providers: [
    { provide: 'verifier', useValue: verifier },
    { provide: 'directory', useValue: directory },
  ],
  exports: ['verifier', 'directory'],
})
class Implementations {}

@Module({ controllers: [Users] })
class UsersModule {}

let dir: string;
let state: SqliteState;
let app: NestExpressApplication;
let base: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'foyer-access-'));
  state = SqliteState.open(join(dir, 'state.db'));
  const settings = loadSettings({ FOYER_DATA_DIR: dir, FOYER_TRUSTED_PROXIES: '127.0.0.1' });
  const basics = [
    { provide: SETTINGS, useValue: settings },
    { provide: CLOCK, useValue: systemClock },
    { provide: LOGGER, useValue: createLogger({ logLevel: 'silent' }) },
    { provide: SHORT_LIVED_STATE, useValue: state },
    { provide: ClientAddresses, useValue: new ClientAddresses(settings.trustedProxies) },
    RateLimits,
    ProblemFilter,
  ];
  @Module({})
  class Platform {}
  @Module({
    imports: [
      { module: Platform, global: true, providers: basics, exports: basics },
      AdminAccessModule.forRoot({ imports: [Implementations], verifier: 'verifier', accounts: 'directory' }),
      UsersModule,
    ],
  })
  class Root {}
  app = await NestFactory.create<NestExpressApplication>(Root, { logger: false });
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await state.close();
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  asked = 0;
});

const call = (authorization: string | undefined, method = 'GET', address = '192.0.2.1'): Promise<Response> =>
  fetch(`${base}/users`, { method, headers: { 'x-forwarded-for': address, ...(authorization !== undefined && { authorization }) } });
const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as { code: unknown }).code;

test('without a token: 401 and how to come back', async () => {
  const response = await call(undefined);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Foyer"');
  expect(await codeOf(response)).toBe('token.missing');
});

test.each([
  'Bearer wrong',
  'Bearer elsewhere',
  'Bearer disabled',
  'Bearer gone',
  'Basic Zm9vOmJhcg==',
  'Bearer',
  'Bearer a b',
  `Bearer ${'x'.repeat(9000)}`,
])('no good token: %.20s', async (authorization) => {
  const response = await call(authorization);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Foyer", error="invalid_token"');
  expect(await response.json()).toMatchObject({ code: 'token.invalid', detail: 'The access token is not valid here, or not any more.' });
});

test('a verifier that breaks is our fault, not the token’s', async () => {
  expect((await call('Bearer breaks')).status).toBe(500);
});

test('a client acts for itself, with the scopes of its token that the API knows', async () => {
  expect(await (await call('bearer client')).json()).toEqual({ subject: 'foyer-admin', clientId: 'foyer-admin', scopes: ['admin'] });
  expect(await (await call('Bearer reader')).json()).toMatchObject({ scopes: ['users:read'] });
});

test('writing includes reading and not the reverse; the token is looked at once', async () => {
  expect((await call('Bearer writer')).status).toBe(200);
  asked = 0;
  expect((await call('Bearer writer', 'POST')).status).toBe(201);
  expect(asked).toBe(1);
  const response = await call('Bearer reader', 'POST');
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="Foyer", error="insufficient_scope", scope="users:write"');
  expect(await codeOf(response)).toBe('scope.missing');
});

test('a person may do what their roles grant now, whatever the token says', async () => {
  expect(await (await call('Bearer owner')).json()).toMatchObject({ subject: 'u-owner', scopes: ['admin'] });
  expect(await (await call('Bearer helper')).json()).toMatchObject({ scopes: ['users:read'] });
  expect((await call('Bearer helper', 'POST')).status).toBe(403);
  expect((await call('Bearer person')).status).toBe(403);
});

test('an address that fails too often is not heard any more, good token or not', async () => {
  for (let n = 0; n < 100; n += 1) expect((await call('Bearer wrong', 'GET', '198.51.100.7')).status).toBe(401);
  const response = await call('Bearer client', 'GET', '198.51.100.7');
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await call('Bearer client', 'GET', '198.51.100.8')).status).toBe(200);
});
