import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { getDataSourceToken } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { stringify } from 'yaml';
import { ApplicationConsents, ConsentExport, Receipts } from '@foyer/consent';
import { createLogger, Database, loadSettings } from '@foyer/platform';
import { FirstAdministrator, USER_REGISTRY, type MatchableAttribute, type UserRegistry } from '@foyer/userstores';
import type { LoggedIn } from '../../apps/demo/application/relying-party.js';
import { freePorts } from '../../apps/demo/ports.js';
import { AppModule } from '../../apps/server/app.module.js';
import { putUpEdge } from '../../apps/server/edge.js';
import { AdminClient } from '../e2e/admin-client.js';
import { Application, applicationSettings, newBrowser, providerSettings } from '../e2e/parties.js';
import { testDatabase } from '../support/mariadb.js';
import { analyze, populate } from '../support/population.js';
import { QueryLog, type Access, type PlanStep, type Statement } from '../support/query-log.js';
import { ScriptedProvider } from '../support/scripted-provider.js';

const adminPassword = 'a-Password-of-the-first-1';
const adminClientSecret = 'a secret of the client foyer-admin, long';

/** The whole server in this process, with 100,000 users. */
class Site {
  private constructor(
    readonly url: string,
    readonly app: NestExpressApplication,
    readonly log: QueryLog,
    private readonly folder: string,
  ) {}

  static async start(acme: ScriptedProvider, databaseUrl: string | undefined, statistics: boolean): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), 'foyer-query-plans-'));
    const url = `http://localhost:${await freePorts()}`;
    const configFile = join(folder, 'site.yaml');
    const applications = [
      applicationSettings('intranet', { identityProviders: ['acme'] }),
      applicationSettings('desk', { identityProviders: [], local: true }),
    ];
    writeFileSync(configFile, stringify({ identityProviders: [providerSettings('acme', acme.issuer)], applications }));
    const settings = loadSettings({
      ...{ FOYER_DATA_DIR: join(folder, 'data'), FOYER_PUBLIC_URL: url, FOYER_CONFIG: configFile, FOYER_ADMIN_PASSWORD: adminPassword },
      ...{ FOYER_ADMIN_CLIENT_SECRET: adminClientSecret, FOYER_SECRET_KEY: randomBytes(32).toString('base64url') },
      ...(databaseUrl !== undefined && { FOYER_DATABASE_URL: databaseUrl }),
    });
    const logger = createLogger({ logLevel: 'silent' });
    const options = { bodyParser: false, logger: false, abortOnError: false } as const;
    const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings, logger), options);
    putUpEdge(app);
    await app.init();
    await app.get(FirstAdministrator).ensure();
    const database = app.get(Database);
    await populate(database);
    if (statistics) await analyze(database);
    await app.listen(Number(new URL(url).port));
    const sources = database.dialect === 'mysql' ? [getDataSourceToken()] : [getDataSourceToken(), getDataSourceToken('reader')];
    const log = new QueryLog(
      database,
      sources.map((token) => app.get<DataSource>(token, { strict: false })),
    );
    return new Site(url, app, log, folder);
  }

  async close(): Promise<void> {
    await this.app.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** How the database finds what `work` asks for, statement by statement. What timers ask for meanwhile, of small tables, is nobody's request. */
  async plansOf(work: () => Promise<unknown>): Promise<{ statements: readonly Statement[]; steps: readonly PlanStep[] }> {
    const statements = (await this.log.during(work)).filter(({ sql }) => !byTimers.test(sql));
    const steps = await Promise.all(statements.map((statement) => this.log.explain(statement)));
    return { statements, steps: steps.flat() };
  }

  admin(): Promise<AdminClient> {
    return AdminClient.byClientCredentials(this.url, adminClientSecret, 'admin');
  }
}

const byTimers = /\bFROM [`"]?(signing_keys|jobs|job_subjects|job_leases|job_resumes|job_pauses)\b/;

/** The steps that are of none of these kinds. The links of the users on a page, a few each, are sorted whatever the page. */
const except = (steps: readonly PlanStep[], allowed: readonly Access[]): string[] =>
  steps
    .filter(({ access, text }) => !allowed.includes(access) && !(access === 'sort' && text.includes('WHERE user_id IN (')))
    .map(({ text }) => text);

const writtenTo = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ sql }) => /^\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/.exec(sql)?.[1] ?? []).sort();

const of = (kind: number): string => `0000000${kind}-0000-7000-8000-000000050000`;
const receiptId = '00000052-0000-7000-8000-000000050000';

/** What names somebody or one login is looked up in an index; the few rows that it finds may have to be sorted. */
const lookups = [
  ...[`/users?id=${of(1)}`, '/users?username=USER50000', '/users?email=user50000@acme.example'],
  ...['/users?subject=subject50000', '/users?identityProvider=other&subject=subject50000'],
  ...[`/journal?userId=${of(1)}`, `/journal?loginId=${of(4)}`, '/journal?username=user50000'],
  ...[`/logins?subject=${of(1)}`, `/logins?userId=${of(1)}`, '/logins?code=username.taken'],
  ...[`/consent-receipts?userId=${of(1)}`, `/consent-receipts?userId=${of(1)}&purpose=profile&state=accepted`],
];

/** Values by which an account is found that may be the person's already. */
const matches: readonly { readonly attribute: MatchableAttribute; readonly value: string; readonly domain?: string }[] = [
  { attribute: 'username', value: 'USER50000', domain: 'PRIMARY' },
  { attribute: 'email', value: 'user50000@acme.example' },
  { attribute: 'email', value: 'user50000@acme.example', domain: 'PRIMARY' },
  { attribute: 'phoneNumber', value: '+46 50000' },
  { attribute: 'phoneNumber', value: '+46 50000', domain: 'PRIMARY' },
  { attribute: 'externalId', value: 'E50000' },
];

/**
 * A list counts what there is on all pages, so it may walk through an index, but never through rows, and finds its page in an index that is in order.
 * What many rows have in common (an outcome, an application) is looked for on the way.
 */
const lists = [
  ...[
    '/users',
    '/users?sort=username',
    '/users?sort=-id',
    '/users?userStore=PRIMARY',
    '/users?enabled=false',
    '/users?locked=true',
    '/users?expiresFrom=2030-01-01&expiresBefore=2031-01-01',
    '/users?createdFrom=2023-11-15',
  ],
  ...['/journal', '/journal?outcome=deny', '/journal?code=username.taken', '/journal?userStore=PRIMARY', '/journal?identityProvider=other'],
  ...['/journal?outcome=deny&identityProvider=acme', '/journal?createdFrom=2023-11-15&createdBefore=2023-11-16'],
  ...['/logins', '/logins?outcome=denied', '/logins?application=intranet', '/logins?identityProvider=other', '/logins?step=provision'],
  ...['/logins?address=192.0.2.7', '/logins?createdBefore=2023-11-15'],
  ...['/consent-receipts', '/consent-receipts?state=refused', '/consent-receipts?purpose=profile&identityProvider=other'],
  ...['/consent-receipts?sort=givenAt&givenFrom=2023-11-15'],
];

/** These sort what they find, out of an index: the slowest of all, and those of one identity provider, whom another table knows. */
const sorted = ['/journal?sort=-durationMs', '/logins?sort=-durationMs', '/users?identityProvider=other'];

/** On SQLite nobody runs ANALYZE, unless an administrator does: what must be fast is, before and after. */
const databases = [
  { title: 'SQLite', statistics: false, everyList: true, url: async () => undefined },
  // Here SQLite reads the logins themselves for some filters: their rows are hardly wider than the index.
  { title: 'SQLite after ANALYZE', statistics: true, everyList: false, url: async () => undefined },
  { title: 'MariaDB', statistics: true, everyList: true, url: async () => (await testDatabase()).url },
];

let acme: ScriptedProvider;
beforeAll(async () => {
  acme = await ScriptedProvider.start();
});
afterAll(() => acme.close());

describe.each(databases)('$title with 100,000 users', ({ statistics, everyList, url }) => {
  let site: Site;
  let intranet: Application;
  beforeAll(async () => {
    site = await Site.start(acme, await url(), statistics);
    intranet = new Application(site, 'intranet');
  }, 120_000);
  afterAll(() => site.close());

  const logIn = (email: string, browser = newBrowser()): Promise<LoggedIn> => {
    acme.nextPerson = { sub: 'anna', claims: { preferred_username: 'anna', email } };
    return intranet.logIn(browser);
  };

  test('first and repeat logins, single sign-on and tokens find everything by an index', async () => {
    const browser = newBrowser();
    const first = await site.plansOf(() => logIn('anna@acme.example', browser));
    expect(writtenTo(first.statements)).toEqual(expect.arrayContaining(['account_links', 'accounts', 'journal_entries', 'users']));
    const repeat = await site.plansOf(() => logIn('anna@acme.example'));
    const changed = await site.plansOf(() => logIn('anna@other.example'));
    expect(writtenTo(changed.statements)).toEqual(expect.arrayContaining(['accounts', 'journal_entries', 'users']));
    const again = await site.plansOf(() => intranet.logIn(browser));
    const person = await logIn('anna@acme.example');
    const refreshed = await site.plansOf(() => intranet.refresh(person));
    for (const { steps } of [first, repeat, changed, again, refreshed]) {
      expect(steps.length).toBeGreaterThan(0);
      expect(except(steps, ['search'])).toEqual([]);
    }
  });

  test.each(['/account', '/account/export'])('%s finds everything by an index', async (path) => {
    const browser = newBrowser();
    await logIn('anna@acme.example', browser);
    const { statements, steps } = await site.plansOf(async () => expect((await browser.open(`${site.url}${path}`)).body).toContain('anna'));
    expect(statements.some(({ sql }) => sql.includes('account_links'))).toBe(true);
    expect(except(steps, ['search', 'sort'])).toEqual([]);
  });

  test('a login with a password finds everything by an index', async () => {
    const { steps } = await site.plansOf(async () => {
      const desk = new Application(site, 'desk');
      const browser = newBrowser();
      const { page, pending } = await desk.ask(browser);
      await desk.redeem({ pending, page: await browser.press(page, 'Sign in', { username: 'admin', password: adminPassword }) });
    });
    expect(steps.some(({ text }) => text.includes('a.username_key = ?'))).toBe(true);
    expect(except(steps, ['search'])).toEqual([]);
  });

  test.each([`/users/${of(1)}`, `/journal/${of(3)}`, `/logins/${of(4)}`, `/consent-receipts/${receiptId}`])(
    'GET %s finds everything by an index',
    async (path) => {
      const admin = await site.admin();
      const { steps } = await site.plansOf(() => admin.get(path));
      expect(steps.length).toBeGreaterThan(0);
      expect(except(steps, ['search'])).toEqual([]);
    },
  );

  test.each(matches)('the users whose $attribute is $value are found by an index ($domain)', async ({ attribute, value, domain }) => {
    const registry = site.app.get<UserRegistry>(USER_REGISTRY, { strict: false });
    const { steps } = await site.plansOf(async () => {
      const found = await registry.matching(site.app.get(Database).read, attribute, value, domain);
      expect(found).toMatchObject([{ id: of(1) }]);
    });
    expect(steps.length).toBeGreaterThan(0);
    expect(except(steps, ['search'])).toEqual([]);
  });

  test('what a person consented to is found by an index', async () => {
    const { read } = site.app.get(Database);
    const receipts = site.app.get(Receipts, { strict: false });
    const applications = site.app.get(ApplicationConsents, { strict: false });
    const { steps } = await site.plansOf(async () => {
      expect(await receipts.current(read, of(1))).toMatchObject([{ version: 2 }]);
      expect(await applications.granted(read, of(1), 'intranet')).toContain('email');
    });
    expect(steps.length).toBeGreaterThan(1);
    expect(except(steps, ['search'])).toEqual([]);
    const exported = await site.plansOf(() => site.app.get(ConsentExport, { strict: false }).consentExport(of(1)));
    expect(except(exported.steps, ['search', 'sort'])).toEqual([]);
  });

  test.each(lookups)('GET %s finds what it shows by an index', async (path) => {
    const admin = await site.admin();
    const { steps } = await site.plansOf(async () => expect(await admin.list(path)).not.toEqual([]));
    expect(except(steps, ['search', 'sort'])).toEqual([]);
  });

  if (!everyList) return;
  const paged = [...lists.map((path) => ({ path, sorts: false })), ...sorted.map((path) => ({ path, sorts: true }))];
  test.each(paged)('GET $path reads no rows but those that it shows', async ({ path, sorts }) => {
    const admin = await site.admin();
    const { steps } = await site.plansOf(async () => expect(await admin.list(path)).not.toEqual([]));
    expect(except(steps, sorts ? ['search', 'walk', 'sort'] : ['search', 'walk'])).toEqual([]);
  });
});
