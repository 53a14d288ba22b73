import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminAccessModule } from '@foyer/admin-access';
import { ConsentModule } from '@foyer/consent';
import { IdentityProvidersModule } from '@foyer/identity-providers';
import { createLogger, Database, loadSettings, PlatformModule, SiteSettingsModule } from '@foyer/platform';
import { LinkBurial, Provisioning, ProvisioningModule } from '@foyer/provisioning';
import { OwnDatabase, SqlStore, SqlUserRegistry, USER_LINKS, USER_REGISTRY, USER_STORE_DIRECTORY } from '@foyer/userstores';
import { schema } from '../../ormconfig.js';
import { login } from '../support/provisioning-site.js';

const accept = () => undefined;
const policies = { username: accept, rolename: accept, password: accept };

@Module({
  providers: [
    { provide: USER_REGISTRY, useClass: SqlUserRegistry },
    {
      provide: USER_STORE_DIRECTORY,
      inject: [Database],
      useFactory: (database: Database) => {
        const store = new SqlStore({ domain: 'PRIMARY', enabled: true, readOnly: false }, new OwnDatabase(database));
        const primary = { domain: 'PRIMARY', enabled: true, store, policies };
        return { find: () => primary, all: () => [primary] };
      },
    },
  ],
  exports: [USER_REGISTRY, USER_STORE_DIRECTORY],
})
class Stores {}

const nobody = { verify: () => Promise.reject(new Error('not called')), find: () => Promise.resolve(undefined) };

@Module({ providers: [{ provide: 'nobody', useValue: nobody }], exports: ['nobody'] })
class Nobody {}

let folder: string;
let app: INestApplicationContext;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-provisioning-module-'));
  const settings = loadSettings({ FOYER_DATA_DIR: folder });
  @Module({
    imports: [
      PlatformModule.forRoot({ settings, schema, logger: createLogger({ logLevel: 'silent' }) }),
      SiteSettingsModule.forRoot({ imports: [], sections: [] }),
      ProvisioningModule.forRoot([Stores, ConsentModule, IdentityProvidersModule]),
      AdminAccessModule.forRoot({ imports: [Nobody], verifier: 'nobody', accounts: 'nobody' }),
    ],
  })
  class Root {}
  app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

test('the module provides what a login and the administration of users need', async () => {
  expect(await app.get(Provisioning).provision(login({ subject: 'anna' }))).toMatchObject({ kind: 'account', outcome: 'create' });
  expect(app.get(USER_LINKS, { strict: false })).toBeDefined();
  expect(app.get(LinkBurial, { strict: false })).toBeDefined();
});

test.each([
  ["SELECT id FROM account_links WHERE link_key = 'x'"],
  ["SELECT id FROM account_links WHERE user_id IN ('x', 'y') ORDER BY created_at, id"],
  ["SELECT user_id FROM account_links WHERE status <> 'tombstone' AND identity_provider = 'x' AND subject = 'y'"],
  ["UPDATE account_links SET status = 'tombstone' WHERE user_id = 'x'"],
])('%s scans no table', async (sql) => {
  const steps = await app.get(Database).read.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`);
  expect(steps[0]?.detail).toMatch(/^SEARCH .* USING (COVERING )?INDEX/);
});
