import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminAccessModule, type AccessTokenVerifier, type VerifiedAccessToken } from '@foyer/admin-access';
import {
  configureEdge,
  createLogger,
  Database,
  jsonBody,
  loadSettings,
  newId,
  PlatformModule,
  ProblemFilter,
  SiteSettingsModule,
  type Transaction,
} from '@foyer/platform';
import { IdentityProvidersAdministrationModule, IdentityProvidersModule, IdentityProvidersSection } from '@foyer/identity-providers';
import { AccountLinksModule, LinkBurial } from '@foyer/provisioning';
import {
  UserAccounts,
  UserAdministrationModule,
  UserStoresAdministrationModule,
  UserStoresModule,
  UserStoresSection,
  type UserLifecycle,
} from '@foyer/userstores';
import { schema } from '../../ormconfig.js';

const publicUrl = 'https://foyer.example';

/** Access tokens that say themselves who calls with what. */
class PlainTokens implements AccessTokenVerifier {
  async verify(token: string): Promise<VerifiedAccessToken> {
    const { subject, scopes } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { subject: string; scopes: string[] };
    return { subject, clientId: 'scripts', scopes, audience: [`${publicUrl}/api/v1`], jti: newId() };
  }
}

@Module({ providers: [PlainTokens], exports: [PlainTokens] })
class PlainTokensModule {}

/** Remembers what it was told. */
export class Witness implements UserLifecycle {
  readonly seen: string[] = [];

  async removed(tx: Transaction, userId: string): Promise<void> {
    const rows: unknown[] = await tx.query('SELECT id FROM users WHERE id = ?', [userId]);
    this.seen.push(`removed ${userId}, row ${rows.length > 0 ? 'there' : 'gone'}`);
  }

  async disabled(userId: string): Promise<void> {
    this.seen.push(`disabled ${userId}`);
  }

  async unlinked(userId: string, identityProviderId: string): Promise<void> {
    this.seen.push(`unlinked ${userId} from ${identityProviderId}`);
  }
}

@Module({ providers: [Witness], exports: [Witness] })
class WitnessModule {}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // A test looks at whatever came back.
  readonly body: Record<string, unknown> & { readonly items?: readonly Record<string, unknown>[] };
}

export interface UsersSite {
  readonly app: NestExpressApplication;
  readonly database: Database;
  readonly folder: string;
  readonly witness: Witness;
  /** Calls the admin API. `as` is who calls: scopes of a client, or a person. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly as?: { readonly subject?: string; readonly scopes: readonly string[] };
}

/** The admin API for users and user stores over HTTP, on a database of its own. */
export async function openUsersSite(env: Readonly<Record<string, string>> = {}): Promise<UsersSite> {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-users-'));
  const settings = loadSettings({ FOYER_DATA_DIR: folder, FOYER_PUBLIC_URL: publicUrl, LOG_LEVEL: 'silent', ...env });
  const logger = createLogger({ ...settings, logLevel: 'silent' });
  @Module({
    imports: [
      PlatformModule.forRoot({ settings, schema, logger }),
      SiteSettingsModule.forRoot({
        imports: [UserStoresModule, IdentityProvidersModule],
        sections: [UserStoresSection, IdentityProvidersSection],
      }),
      AdminAccessModule.forRoot({ imports: [PlainTokensModule, UserStoresModule], verifier: PlainTokens, accounts: UserAccounts }),
      UserStoresAdministrationModule,
      IdentityProvidersAdministrationModule,
      UserAdministrationModule.forRoot({ imports: [AccountLinksModule, WitnessModule], lifecycle: [LinkBurial, Witness] }),
    ],
  })
  class Site {}
  const app = await NestFactory.create<NestExpressApplication>(Site, { bodyParser: false, logger: false, abortOnError: false });
  configureEdge(app, settings);
  app.use('/api', jsonBody());
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.listen(0, '127.0.0.1');
  const address = await app.getUrl();
  return {
    app,
    folder,
    database: app.get(Database),
    witness: app.get(Witness, { strict: false }),
    call: (method, path, options = {}) => call(`${address}/api/v1${path}`, method, options),
    close: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function call(url: string, method: string, { body, ifMatch, as = { scopes: ['admin'] } }: CallOptions): Promise<Answer> {
  const token = Buffer.from(JSON.stringify({ subject: as.subject ?? 'scripts', scopes: as.scopes })).toString('base64url');
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
}
