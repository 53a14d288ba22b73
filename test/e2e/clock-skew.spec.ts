import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { newId } from '@foyer/platform';
import { atEnd } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Cluster } from './cluster.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { ScriptedJobs, WorkerProcess } from './scripted-jobs.js';
import { until } from './site.js';

jest.setTimeout(60_000);

/** Seconds by which the clocks of the two servers, and of the two workers, are off. */
const off = [-300, 300] as const;

const preload = pathToFileURL(join(import.meta.dirname, '../support/shifted-clock.mjs')).href;
const shifted = (seconds: number): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import ${preload}`,
  SHIFTED_CLOCK_MS: String(seconds * 1000),
});

let cluster: Cluster;
let intranet: Application;
let wiki: Application;
let jobs: ScriptedJobs;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  const secretKey = randomBytes(32).toString('base64url');
  const acme = await ScriptedProvider.start();
  atEnd(() => acme.close());
  // ID tokens live for five minutes at least at every provider; here as long as the clocks are off.
  acme.misbehaviour = { idToken: (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) + 60 }) };
  const identityProviders = [providerSettings('acme', acme.issuer)];
  const applications = ['intranet', 'wiki'].map((name) => applicationSettings(name, { identityProviders: ['acme'] }));
  const env = { FOYER_SECRET_KEY: secretKey };
  cluster = await Cluster.start({ settings: { identityProviders, applications }, env, envOf: (server) => shifted(off[server] ?? 0) });
  [intranet, wiki] = [new Application(cluster, 'intranet'), new Application(cluster, 'wiki')];
  const ofWorkers = { ...env, FOYER_DATABASE_URL: cluster.databaseUrl, FOYER_REDIS_URL: cluster.redis.url, FOYER_JOB_CONCURRENCY: '4' };
  jobs = await ScriptedJobs.open(ofWorkers);
  atEnd(() => jobs.close());
  for (const seconds of off) workers.push(await WorkerProcess.start({ ...ofWorkers, ...shifted(seconds) }, 'scripted'));
}, 90_000);
afterAll(() => Promise.all(workers.map((worker) => worker.close())));

/** What the database says is left until then, in seconds. */
const leftOf = async (kind: string): Promise<number[]> => {
  const rows = await jobs.database.read.query<{ left_ms: string }[]>(
    'SELECT expires_at - 1000 * UNIX_TIMESTAMP(NOW(3)) AS left_ms FROM state_entries WHERE kind = ?',
    [kind],
  );
  return rows.map((row) => Number(row.left_ms) / 1000);
};

test('whoever operates it is told, by each process', async () => {
  for (const [index, site] of cluster.sites.entries()) {
    const line = await site.logged({ behindSeconds: -(off[index] ?? 0) });
    expect(line['msg']).toContain(index === 0 ? '300 s behind the one of the database' : '300 s ahead of the one of the database');
  }
  for (const [index, worker] of workers.entries())
    await until('the worker says it', () => worker.log().some((line) => line['behindSeconds'] === -(off[index] ?? 0)));
});

test('a login goes from server to server, and its session and tokens are known to both', async () => {
  for (const person of ['anna', 'ben']) {
    const browser = newBrowser();
    const first = await intranet.logIn(browser, { login_hint: person });
    expect(first.userinfo['preferred_username']).toBe(person);
    for (let time = 0; time < 2; time += 1)
      expect((await wiki.logIn(browser, { prompt: 'none' })).idTokenClaims['sub']).toBe(first.idTokenClaims['sub']);
    expect((await intranet.refresh(await intranet.refresh(first))).userinfo['preferred_username']).toBe(person);
  }
  expect([...cluster.proxy.answered.values()].every((count) => count > 3)).toBe(true);
});

test('a code is redeemed once, and no server forgets that before the code is over', async () => {
  const asked = [await intranet.ask(newBrowser()), await intranet.ask(newBrowser())];
  const redeem = ({ page, pending }: (typeof asked)[number]): Promise<Response> =>
    intranet.token({
      grant_type: 'authorization_code',
      code: intranet.answer(page).searchParams.get('code') ?? '',
      redirect_uri: intranet.redirectUri,
      code_verifier: pending.codeVerifier,
    });
  for (const one of asked) expect((await redeem(one)).status).toBe(200);
  // As another one that is over, which whoever sweeps takes away.
  const insert = 'INSERT INTO state_entries (kind, id, value, version, expires_at) VALUES (?, ?, ?, 1, ?)';
  for (let sweep = 0; sweep < 2; sweep += 1) {
    await jobs.database.transaction((tx) => tx.query(insert, ['over', `sweep-${sweep}`, '1', Date.now() - 1_000]));
    await until('it is swept', async () => (await leftOf('over')).length === 0);
  }
  const left = await leftOf('UsedCode');
  expect(left.length).toBeGreaterThanOrEqual(2);
  for (const seconds of left) {
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(121);
  }
  for (const one of asked) for (let time = 0; time < 2; time += 1) expect((await redeem(one)).status).toBe(400);
});

test('a worker keeps the job that it works on, what comes after it for the same person waits, and what failed is tried again', async () => {
  const people = [newId(), newId()];
  // Longer than it takes any process to look for jobs whose workers are silent.
  const slow = (await Promise.all(people.map((person) => jobs.add([{ holdMs: 12_000 }], person)))).flat();
  await until('both run', async () => (await jobs.statuses(slow))['running'] === 2);
  const behind = (await Promise.all(people.map((person) => jobs.add([{}], person)))).flat();
  const failing = await jobs.add(Array.from({ length: 6 }, () => ({ failFirst: true })));
  await until('what failed was done', async () => (await jobs.statuses(failing))['done'] === failing.length);
  expect(await jobs.statuses(behind)).toEqual({ waiting: 2 });
  const all = [...slow, ...behind, ...failing];
  await until('the slow ones are done', async () => (await jobs.statuses(slow))['done'] === 2);
  await until('all are done', async () => (await jobs.statuses(all))['done'] === all.length);
  for (const id of slow) expect(await jobs.job(id)).toMatchObject({ attempts: 1 });
  for (const id of failing) expect(await jobs.job(id)).toMatchObject({ attempts: 2 });
  const effects = (await jobs.effects()).map(({ job_id: id }) => id);
  expect([...effects].sort()).toEqual([...all].sort());
  for (const index of people.keys()) expect(effects.indexOf(slow[index] ?? '')).toBeLessThan(effects.indexOf(behind[index] ?? ''));
});
