import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Database } from '@foyer/platform';
import { schema } from '../../ormconfig.js';
import { testDatabase } from '../support/mariadb.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { Command, type Ran } from './command.js';
import { JobWatch } from './job-watch.js';
import { JustInTimeSite, person } from './just-in-time-site.js';
import { until } from './site.js';

const claims = { given_name: 'Anna', email: 'anna@acme.example' };
const mappings = [
  { from: 'given_name', to: 'givenName' },
  { from: 'email', to: 'email' },
];

let site: JustInTimeSite;
let store: TcpProxy;
let database: Database;
let env: Record<string, string>;

beforeAll(async () => {
  const [own, corp] = [await testDatabase(), await testDatabase()];
  store = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(corp.url).port) });
  env = { FOYER_DATABASE_URL: own.url, FOYER_SECRET_KEY: randomBytes(32).toString('base64url') };
  site = await JustInTimeSite.start({
    env,
    providers: {
      acme: {
        claims: { userId: 'preferred_username', mappings },
        jit: { enabled: true, mode: 'nonBlocking', userStore: 'CORP' },
      },
    },
    settings: { userStores: [{ domain: 'CORP', type: 'sql', sql: { url: store.inFrontOf(corp.url), timeoutMs: 1_000 } }] },
  });
  database = await Database.connect(own.url, schema);
}, 60_000);
afterAll(async () => {
  await database.close();
  await site.close();
  await store.close();
});

const foyer = (...args: string[]): Promise<Ran> => Command.start(env, 'jobs', ...args).ended();
const metrics = async (): Promise<string> => (await fetch(`${site.site.url}/metrics`)).text();
const job = (id: string) => site.api.get(`/jobs/${id}`);
const reaches = (id: string, status: string): Promise<unknown> =>
  until(`${id} is ${status}`, async () => (await job(id))['status'] === status);

/** Somebody logs in while the store is away, and hours pass until their job is given up. @returns their id and the job's */
async function givenUp(name: string): Promise<{ userId: string; jobId: string; loginId: string }> {
  store.cut();
  const { userinfo } = await site.logIn('acme', person(name, claims));
  const userId = String(userinfo['sub']);
  const [found] = await site.api.list(`/jobs?userId=${userId}`);
  const jobId = String(found?.['id']);
  await until('it has failed', async () => (await job(jobId))['attemptCount'] !== 0 && (await job(jobId))['status'] === 'waiting');
  // It fails a second or so after another for some hours: up to the last attempt.
  await until('it is given up', async () => {
    await database.transaction((tx) => tx.query("UPDATE jobs SET tries = 29, due_at = 0 WHERE id = ? AND status = 'waiting'", [jobId]));
    return (await job(jobId))['status'] === 'dead';
  });
  return { userId, jobId, loginId: String(found?.['loginId']) };
}

test('a job that was given up tells why and in which trace, and is done when it is retried by the API', async () => {
  const watch = await JobWatch.open(site.site, await site.site.admin('jobs:read'));
  const { userId, jobId, loginId } = await givenUp('anna');
  const traceId = loginId.replaceAll('-', '');
  const dead = await job(jobId);
  expect(dead).toMatchObject({ kind: 'provision', status: 'dead', code: 'store.unavailable', identityProvider: 'acme', userId, traceId });
  const attempts = dead['attempts'] as Record<string, unknown>[];
  expect(attempts.at(-1)).toMatchObject({ outcome: 'failed', code: 'store.unavailable', traceId, plan: { outcome: expect.any(String) } });
  expect(JSON.stringify(dead)).not.toContain('anna@acme.example');
  await site.site.logged({ msg: 'login answered', loginId, traceId });
  await site.site.logged({ msg: 'a job failed', jobId, loginId, traceId });
  await until('who watches knows that it is given up', () => watch.saw(jobId, 'dead'));
  expect(await metrics()).toMatch(/^foyer_job_failures_total\{kind="provision",code="store.unavailable"\} \d+$/m);
  expect(await metrics()).toMatch(/^foyer_user_store_circuit\{user_store="CORP"\} [012]$/m);

  store.mend();
  const { etag } = await site.api.request('GET', `/jobs/${jobId}`);
  expect(await site.api.request('POST', `/jobs/${jobId}/retry`, undefined, etag)).toMatchObject({ status: 200 });
  await reaches(jobId, 'done');
  expect(await site.user(userId)).toMatchObject({ username: 'anna', attributes: { givenName: 'Anna' } });
  await until('who watches knows', () => watch.saw(jobId, 'done'));
  watch.close();
}, 120_000);

test('a command retries it, and the server that runs takes it up', async () => {
  const { userId, jobId } = await givenUp('bob');
  expect((await foyer('list', '--status', 'dead')).out).toContain(jobId);
  expect((await foyer('show', jobId)).out).toContain('store.unavailable');
  store.mend();
  expect(await foyer('retry', '--dead', '--idp', 'acme')).toMatchObject({ code: 0, out: '1 to be tried again, 0 left as they are.\n' });
  await reaches(jobId, 'done');
  expect(await site.user(userId)).toMatchObject({ username: 'bob' });
  expect(await foyer('drain')).toMatchObject({ code: 0, out: 'Nothing waits or runs; 0 dead.\n' });
}, 120_000);

test('a command discards it: the account is never made, the journal says who wanted that, and the next login begins anew', async () => {
  const { userId, jobId } = await givenUp('carla');
  store.mend();
  expect(await foyer('discard', jobId)).toMatchObject({ code: 0 });
  expect(await job(jobId)).toMatchObject({ status: 'discarded', code: 'job.discarded' });
  const [entry] = await site.api.list(`/journal?userId=${userId}&code=job.discarded`);
  expect(entry).toMatchObject({
    outcome: 'skip',
    identityProvider: 'acme',
    plan: { steps: [{ jobId, by: expect.stringMatching(/^foyer jobs/) }] },
  });
  const again = await site.logIn('acme', person('carla', claims));
  expect(again.userinfo['sub']).toBe(userId);
  await until('the account is there', async () => {
    const { status, body } = await site.api.request('GET', `/users/${userId}`);
    return status === 200 && Array.isArray(body['links']) && body['links'].length > 0;
  });
}, 120_000);

test('a paused provider keeps its jobs, drain says so and can be stopped, and a command wakes them', async () => {
  expect(await foyer('pause', 'idp:acme')).toMatchObject({ code: 0 });
  const { userinfo } = await site.logIn('acme', person('dora', claims));
  const [found] = await site.api.list(`/jobs?userId=${String(userinfo['sub'])}`);
  const id = String(found?.['id']);
  await until('it is put aside', async () => (await job(id))['waitsFor'] === 'lane');
  const draining = Command.start(env, 'jobs', 'drain');
  await draining.says('Those of a paused lane wait until it is resumed');
  draining.interrupt();
  expect(await draining.ended()).toMatchObject({ code: 2, out: expect.stringContaining('1 waiting') });
  const everything = Command.start(env, 'jobs', 'drain', '--json');
  await everything.says('1 waiting');
  expect(await foyer('resume', 'idp:acme')).toMatchObject({ code: 0, out: 'idp:acme goes on; 1 jobs had been put aside.\n' });
  await reaches(id, 'done');
  expect(await everything.ended()).toMatchObject({ code: 0, out: expect.stringContaining('"drained":true') });
}, 120_000);
