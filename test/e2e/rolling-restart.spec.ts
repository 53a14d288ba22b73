import { beforeAll, expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { atEnd } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Cluster } from './cluster.js';
import { Crowd } from './crowd.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { until, type Site } from './site.js';

let acme: ScriptedProvider;
let cluster: Cluster;
let intranet: Application;
let wiki: Application;

beforeAll(async () => {
  acme = await ScriptedProvider.start();
  atEnd(() => acme.close());
  const login = { identityProviders: ['acme'] };
  const identityProviders = [providerSettings('acme', acme.issuer)];
  const applications = [applicationSettings('intranet', login), applicationSettings('wiki', login)];
  const env = { FOYER_DRAIN_SECONDS: '1' };
  cluster = await Cluster.start({ settings: { identityProviders, applications }, env, checkEveryMs: 100 });
  [intranet, wiki] = [new Application(cluster, 'intranet'), new Application(cluster, 'wiki')];
}, 60_000);

const used = (site: Site): Promise<boolean> => until('the proxy uses the server', () => cluster.proxy.uses(site.port));

test('every server is stopped and replaced while people log in, and no login fails', async () => {
  const [early, slow] = [newBrowser(), newBrowser()];
  const before = await intranet.logIn(early, { idp_hint: 'acme', login_hint: 'early' });
  const underWay = await intranet.request({ idp_hint: 'acme', login_hint: 'slow' });
  const begun = await fetch(underWay.redirectTo, { redirect: 'manual' });
  slow.cookies.take(new URL(cluster.url), begun);
  const crowd = new Crowd('roller', intranet, wiki);

  for (const site of cluster.sites) {
    await crowd.moreLogins(10);
    const stopped = site.stop();
    await until('the proxy leaves the server alone', () => !cluster.proxy.uses(site.port));
    await crowd.moreLogins(5);
    await stopped;
    await crowd.moreLogins(5);
    await site.startAgain();
    await used(site);
  }
  await crowd.moreLogins(10);
  await crowd.end();

  expect(crowd.failures).toEqual([]);
  expect(crowd.done).toBeGreaterThanOrEqual(50);
  // Readiness came first: not one request went to a server that had closed its port.
  expect(cluster.proxy.refused).toBe(0);
  const page = await slow.open(acme.authorize(begun.headers.get('location') ?? ''));
  expect((await intranet.redeem({ page, pending: underWay.pending })).userinfo['preferred_username']).toBe('slow');
  expect((await intranet.refresh(before)).userinfo['preferred_username']).toBe('early');
  expect((await wiki.logIn(early, { prompt: 'none' })).idTokenClaims['sub']).toBe(before.idTokenClaims['sub']);
}, 90_000);

test('a server works, and starts, on a database that a later version has migrated already', async () => {
  const crowd = new Crowd('pioneer', intranet, wiki, 2);
  await crowd.moreLogins(4);
  const later = await createConnection(cluster.databaseUrl);
  await later.query('ALTER TABLE users ADD COLUMN of_the_future VARCHAR(10) NULL');
  await later.query('CREATE TABLE of_the_future (id CHAR(36) PRIMARY KEY)');
  await later.query("INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'OfTheFuture9999999999999')");
  await later.end();
  await crowd.moreLogins(4);
  const [site] = cluster.sites;
  await site?.stop();
  await crowd.moreLogins(4);
  await site?.startAgain();
  if (site) await used(site);
  await crowd.moreLogins(4);
  await crowd.end();
  expect(crowd.failures).toEqual([]);
}, 60_000);
