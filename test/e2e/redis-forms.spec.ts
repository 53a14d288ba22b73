import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { testCluster, testSentinel, type TestSentinel } from '../support/redis-topologies.js';
import { atEnd, TestRedis } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Cluster } from './cluster.js';
import { Crowd } from './crowd.js';
import { Application, applicationSettings, codeOn, newBrowser, providerSettings } from './parties.js';
import { until } from './site.js';

let acme: ScriptedProvider;
let settings: object;

beforeAll(async () => {
  acme = await ScriptedProvider.start();
  atEnd(() => acme.close());
  const login = { identityProviders: ['acme'] };
  settings = {
    identityProviders: [providerSettings('acme', acme.issuer)],
    applications: [applicationSettings('intranet', login), applicationSettings('wiki', login)],
  };
});

const running: Cluster[] = [];
afterEach(async () => {
  for (const cluster of running.splice(0)) await Promise.all(cluster.sites.map((site) => site.stop()));
});

/** Two servers on a Redis of this form, and the applications of people who log in there. */
async function serversOn(redisUrl: string): Promise<{ cluster: Cluster; intranet: Application; wiki: Application }> {
  const cluster = await Cluster.start({ settings, redisUrl });
  running.push(cluster);
  return { cluster, intranet: new Application(cluster, 'intranet'), wiki: new Application(cluster, 'wiki') };
}

/** Logs some people in, with all that a login leads to. */
async function expectLogins(intranet: Application, wiki: Application): Promise<void> {
  const crowd = new Crowd('visitor', intranet, wiki, 2);
  await crowd.moreLogins(6);
  await crowd.end();
  expect(crowd.failures).toEqual([]);
}

const keysOf = async ({ admin }: TestRedis, database = 0): Promise<string[]> => {
  await admin.select(database);
  return admin.keys('*');
};

test('one Redis, in the database that the address names', async () => {
  const redis = await TestRedis.start();
  const { intranet, wiki } = await serversOn(`${redis.url}/5`);
  await expectLogins(intranet, wiki);
  expect(await keysOf(redis)).toEqual([]);
  expect((await keysOf(redis, 5)).some((key) => key.startsWith('{foyer}:state:Session:'))).toBe(true);
});

test('a Redis Cluster of three nodes, of which one has all that is Foyer’s', async () => {
  const { url, home, nodes } = await testCluster();
  const { intranet, wiki } = await serversOn(url);
  await expectLogins(intranet, wiki);
  const keys = await keysOf(home);
  expect(keys.some((key) => key.startsWith('{foyer}:state:Session:'))).toBe(true);
  expect(keys.filter((key) => !key.startsWith('{foyer}'))).toEqual([]);
  for (const other of nodes.filter((node) => node !== home)) expect(await keysOf(other)).toEqual([]);
}, 60_000);

describe('Sentinels', () => {
  /** What the primary has written so far is at the replica, too: a failover loses what is not. */
  async function replicated({ primary, replica }: TestSentinel): Promise<void> {
    const offset = async (redis: TestRedis, field: string): Promise<number> =>
      Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(await redis.admin.info('replication'))?.[1]);
    const written = await offset(primary, 'master_repl_offset');
    await until('the replica has caught up', async () => (await offset(replica, 'slave_repl_offset')) >= written);
  }

  test('a primary that dies is replaced: people are told to try again meanwhile, and logins under way go on', async () => {
    const redis = await testSentinel();
    const { cluster, intranet, wiki } = await serversOn(redis.url);
    await expectLogins(intranet, wiki);
    const [before, underWay] = [newBrowser(), newBrowser()];
    const person = await intranet.logIn(before, { idp_hint: 'acme', login_hint: 'ines' });
    const { redirectTo, pending } = await intranet.request({ idp_hint: 'acme', login_hint: 'jan' });
    const begun = await fetch(redirectTo, { redirect: 'manual' });
    underWay.cookies.take(new URL(cluster.url), begun);
    const back = acme.authorize(begun.headers.get('location') ?? '');
    await replicated(redis);

    await redis.primary.stop();

    const met = new Set<string>();
    await until('both servers found the new primary', async () => {
      const { page } = await intranet.ask(newBrowser(), { idp_hint: 'acme', login_hint: 'kim' });
      met.add(page.redirectTo ? 'let in' : `${page.status} ${codeOn(page)}`);
      return (await Promise.all(cluster.sites.map(({ url }) => fetch(`${url}/health/ready`)))).every(({ ok }) => ok);
    });
    expect(['let in', '503 redis.unavailable']).toEqual(expect.arrayContaining([...met]));
    expect(await redis.replica.admin.info('replication')).toContain('role:master');
    const answered = { page: await underWay.open(back), pending };
    expect((await intranet.redeem(answered)).userinfo['preferred_username']).toBe('jan');
    expect((await wiki.logIn(before, { prompt: 'none' })).idTokenClaims['sub']).toBe(person.idTokenClaims['sub']);
    await expectLogins(intranet, wiki);
  }, 90_000);
});

test.each([
  ['one Redis', async () => (await TestRedis.start('--maxmemory-policy', 'volatile-lru')).url],
  [
    'one node of a Redis Cluster',
    async () => {
      const { url, nodes, home } = await testCluster();
      await nodes.find((node) => node !== home)?.admin.config('SET', 'maxmemory-policy', 'allkeys-random');
      return url;
    },
  ],
])('%s that throws data away when it is full stops the start, and says what to set', async (_, redisUrl) => {
  const start = Cluster.start({ settings, redisUrl: await redisUrl(), servers: 1 });
  await expect(start).rejects.toThrow(/exit code 1[^]*maxmemory-policy (volatile-lru|allkeys-random)[^]*Set maxmemory-policy noeviction/);
});
