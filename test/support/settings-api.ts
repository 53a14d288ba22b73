import { Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminAccessModule, type AccessTokenVerifier, type AdminAccounts } from '@foyer/admin-access';
import { ApplicationsModule, ApplicationsSection } from '@foyer/applications';
import { ConsentAdministrationModule, ConsentModule, ConsentPurposesSection } from '@foyer/consent';
import { IdentityProvidersAdministrationModule, IdentityProvidersModule, IdentityProvidersSection } from '@foyer/identity-providers';
import {
  configureEdge,
  createLogger,
  FoyerError,
  jsonBody,
  loadSettings,
  PlatformModule,
  ProblemFilter,
  SiteSettingsModule,
} from '@foyer/platform';
import { UserStoresAdministrationModule, UserStoresModule, UserStoresSection } from '@foyer/userstores';
import { schema } from '../../ormconfig.js';

/** The admin API for settings alone. Its tokens are nothing but lists of scopes. */
export interface SettingsApi {
  readonly app: NestExpressApplication;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly ifMatch?: string;
  /** Scopes, separated by blanks. Default: `admin`. */
  readonly as?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const verifier: AccessTokenVerifier = {
  async verify(token) {
    const scopes = Buffer.from(token, 'base64url').toString().split(' ');
    if (scopes.includes('bad')) throw new FoyerError('unauthenticated', 'token.invalid', 'No.');
    return { subject: 'foyer-admin', clientId: 'foyer-admin', scopes, audience: ['http://localhost:8080/api/v1'], jti: 'j' };
  },
};
/** The id of an account that may do everything; others may do nothing. */
export const ownerId = '0b0b0b0b-0000-7000-8000-000000000001';
const accounts: AdminAccounts = { find: async (id) => (id === ownerId ? { enabled: true, roles: ['owner'] } : undefined) };

@Module({
  providers: [
    { provide: 'verifier', useValue: verifier },
    { provide: 'accounts', useValue: accounts },
  ],
  exports: ['verifier', 'accounts'],
})
class Callers {}

/**
 * @param env further variables, such as `FOYER_DATABASE_URL`
 * @param more modules besides those of the settings
 */
export async function startSettingsApi(
  env: Readonly<Record<string, string>> = {},
  more: NonNullable<ModuleMetadata['imports']> = [],
): Promise<SettingsApi> {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-settings-api-'));
  const settings = loadSettings({ FOYER_DATA_DIR: folder, FOYER_ADMIN_PASSWORD: 'a password for the first administrator', ...env });
  const logger = createLogger({ logLevel: 'silent' });
  @Module({
    imports: [
      PlatformModule.forRoot({ settings, schema, logger }),
      SiteSettingsModule.forRoot({
        imports: [UserStoresModule, ConsentModule, IdentityProvidersModule, ApplicationsModule],
        sections: [UserStoresSection, ConsentPurposesSection, IdentityProvidersSection, ApplicationsSection],
      }),
      AdminAccessModule.forRoot({ imports: [Callers], verifier: 'verifier', accounts: 'accounts' }),
      UserStoresAdministrationModule,
      ConsentAdministrationModule,
      IdentityProvidersAdministrationModule,
      ApplicationsModule,
      ...more,
    ],
  })
  class Root {}
  const app = await NestFactory.create<NestExpressApplication>(Root, { bodyParser: false, logger: false, abortOnError: false });
  configureEdge(app, settings);
  app.use('/api', jsonBody());
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    call: (method, path, options) => call(`http://127.0.0.1:${port}/api/v1${path}`, method, options),
    close: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function call(url: string, method: string, { body, ifMatch, as = 'admin' }: CallOptions = {}): Promise<Answer> {
  const headers = {
    ...(as === '' ? {} : { authorization: `Bearer ${Buffer.from(as).toString('base64url')}` }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: raw }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
