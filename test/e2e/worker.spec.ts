import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FoyerProcess } from '../../apps/demo/foyer-process.js';
import { atEnd } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Cluster } from './cluster.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { ScriptedJobs, WorkerProcess } from './scripted-jobs.js';
import { until } from './site.js';

let cluster: Cluster;
let jobs: ScriptedJobs;
let env: Readonly<Record<string, string>>;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  const secretKey = randomBytes(32).toString('base64url');
  const acme = await ScriptedProvider.start();
  atEnd(() => acme.close());
  const identityProviders = [providerSettings('acme', acme.issuer, { jit: { enabled: true, mode: 'nonBlocking' } })];
  const applications = [applicationSettings('intranet', { identityProviders: ['acme'] })];
  cluster = await Cluster.start({ settings: { identityProviders, applications }, servers: 1, env: { FOYER_SECRET_KEY: secretKey } });
  env = {
    FOYER_DATABASE_URL: cluster.databaseUrl,
    FOYER_REDIS_URL: cluster.redis.url,
    FOYER_SECRET_KEY: secretKey,
    FOYER_JOB_CONCURRENCY: '4',
  };
  jobs = await ScriptedJobs.open(env);
  atEnd(() => jobs.close());
}, 60_000);
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close();
});

async function worker(program?: 'scripted'): Promise<WorkerProcess> {
  const started = await WorkerProcess.start(env, program);
  workers.push(started);
  return started;
}

const done = (ids: readonly string[]) => async (): Promise<boolean> => ((await jobs.statuses(ids))['done'] ?? 0) === ids.length;

test('a worker needs a Redis, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-worker-'));
  const program = join(import.meta.dirname, '../../dist/apps/worker/main.js');
  const alone = FoyerProcess.start({ port: 0, dataDir: folder, program, env: { FOYER_DATABASE_URL: cluster.databaseUrl } });
  await alone.ended;
  expect({ exit: alone.exit, output: alone.output }).toEqual({
    exit: 'exit code 1',
    output: 'FOYER_REDIS_URL must be given to a worker, the same as to the servers; without one the server does the jobs',
  });
  rmSync(folder, { recursive: true, force: true });
});

test('a worker answers whoever looks after it, and nobody else', async () => {
  const { url } = await worker();
  const statusOf = async (path: string): Promise<number> => (await fetch(`${url}${path}`, { redirect: 'manual' })).status;
  expect(await Promise.all(['/health/live', '/health/ready', '/metrics'].map(statusOf))).toEqual([200, 200, 200]);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('foyer_process_cpu_seconds');
  const others = ['/', '/login', '/account', '/oauth2/authorize', '/.well-known/openid-configuration', '/api/v1/users', '/api/v1/journal'];
  expect(new Set(await Promise.all(others.map(statusOf)))).toEqual(new Set([404]));
});

test('a worker writes the account of a login that went on', async () => {
  const person = await new Application(cluster, 'intranet').logIn(newBrowser(), { idp_hint: 'acme', login_hint: 'anna' });
  const id = String(person.idTokenClaims['sub']);
  const admin = await cluster.sites[0]?.admin();
  const [waiting] = (await admin?.list(`/jobs?userId=${id}`)) ?? [];
  expect(waiting).toMatchObject({ kind: 'provision', status: 'waiting' });
  await worker();
  await until('the job is done', async () => (await admin?.list(`/jobs?userId=${id}&status=done`))?.length === 1);
  expect(await admin?.get(`/users/${id}`)).toMatchObject({ id, username: 'anna', links: [{ identityProvider: 'acme', active: true }] });
});

test('a worker follows what is changed on a server within a second', async () => {
  await worker('scripted');
  const admin = await cluster.sites[0]?.admin();
  const before = await admin?.request('GET', '/identity-providers/acme');
  const patched = await admin?.request('PATCH', '/identity-providers/acme', { displayName: 'The new Acme' }, before?.etag);
  expect(patched?.status).toBe(200);
  const changed = performance.now();
  const sees = async (): Promise<boolean> => {
    const ids = await jobs.add([{ lookAt: 'acme' }]);
    await until('it is done', done(ids));
    return (await jobs.effects()).find((effect) => effect.job_id === ids[0])?.seen === 'The new Acme';
  };
  await until('the worker follows', sees);
  expect(performance.now() - changed).toBeLessThan(1_000);
});

test('SIGTERM lets a worker finish what ends soon, give back the rest, and end with 0; nothing is lost', async () => {
  const leaving = await worker('scripted');
  const soon = await jobs.add([{ holdMs: 1_500 }]);
  const late = await jobs.add([{ holdFirstMs: 600_000 }]);
  await until('both run', async () => (await jobs.statuses([...soon, ...late]))['running'] === 2);
  const waiting = await jobs.add(Array.from({ length: 20 }, () => ({ holdMs: 20 })));
  await leaving.stop();
  expect(leaving.exit).toBe('exit code 0');
  expect(await jobs.statuses(soon)).toEqual({ done: 1 });
  expect(await jobs.job(late[0] ?? '')).toMatchObject({ status: 'waiting', tries: 0, code: 'job.stopping' });
  await worker('scripted');
  const all = [...soon, ...late, ...waiting];
  await until('all are done', done(all));
  const effects = (await jobs.effects()).filter(({ job_id: id }) => all.includes(id)).map(({ job_id: id }) => id);
  expect(effects.sort()).toEqual([...all].sort());
}, 60_000);

test('workers are killed in the middle of jobs: each job takes effect once', async () => {
  const crew = [await worker('scripted'), await worker('scripted'), await worker('scripted')];
  const ids = await jobs.add(Array.from({ length: 300 }, (_, index) => ({ holdMs: 10 + (index % 40) })));
  for (let death = 0; death < 5; death += 1) {
    const victim = crew[death % crew.length];
    await until('some are done since', async () => ((await jobs.statuses(ids))['done'] ?? 0) > 30 * (death + 1));
    await victim?.crash();
    await victim?.startAgain();
  }
  // The leases of the dead run out after half a minute.
  const deadline = performance.now() + 90_000;
  while (!(await done(ids)()) && performance.now() < deadline) await delay(200);
  expect(await jobs.statuses(ids)).toEqual({ done: 300 });
  const effects = (await jobs.effects()).filter(({ job_id: id }) => ids.includes(id)).map(({ job_id: id }) => id);
  expect(effects.sort()).toEqual([...ids].sort());
  const lost = await jobs.database.read.query<unknown[]>("SELECT 1 FROM job_attempts WHERE outcome = 'lost'");
  expect(lost.length).toBeGreaterThan(0);
}, 180_000);
