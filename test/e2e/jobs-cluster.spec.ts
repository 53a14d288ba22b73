import { beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { atEnd } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import type { AdminClient } from './admin-client.js';
import { Cluster } from './cluster.js';
import { Command, type Ran } from './command.js';
import { JobWatch } from './job-watch.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { WorkerProcess } from './scripted-jobs.js';
import { until } from './site.js';

let cluster: Cluster;
let worker: WorkerProcess;
let env: Record<string, string>;
let admin: AdminClient;
let watches: JobWatch[];

beforeAll(async () => {
  const acme = await ScriptedProvider.start();
  atEnd(() => acme.close());
  const identityProviders = [providerSettings('acme', acme.issuer, { jit: { enabled: true, mode: 'nonBlocking' } })];
  const applications = [applicationSettings('intranet', { identityProviders: ['acme'] })];
  const secretKey = randomBytes(32).toString('base64url');
  cluster = await Cluster.start({ settings: { identityProviders, applications }, env: { FOYER_SECRET_KEY: secretKey } });
  env = { FOYER_DATABASE_URL: cluster.databaseUrl, FOYER_REDIS_URL: cluster.redis.url, FOYER_SECRET_KEY: secretKey };
  worker = await WorkerProcess.start(env);
  atEnd(() => worker.close());
  const [one, other] = cluster.sites;
  if (!one || !other) throw new Error('Two servers were asked for');
  admin = await one.admin();
  const reader = await other.admin('jobs:read');
  watches = [await JobWatch.open(one, admin), await JobWatch.open(other, reader)];
  for (const watch of watches) atEnd(async () => watch.close());
}, 120_000);

const foyer = (...args: string[]): Promise<Ran> => Command.start(env, 'jobs', ...args).ended();

/** Somebody logs in, at whichever server. @returns their job */
async function jobOf(name: string): Promise<string> {
  const person = await new Application(cluster, 'intranet').logIn(newBrowser(), { idp_hint: 'acme', login_hint: name });
  const [job] = await admin.list(`/jobs?userId=${String(person.idTokenClaims['sub'])}`);
  return String(job?.['id']);
}

test('who watches at whichever server is told what workers do', async () => {
  const listeners = async (): Promise<unknown> => (await cluster.redis.admin.pubsub('NUMSUB', '{foyer}:job-events'))[1];
  await until('both servers listen to the others', async () => (await listeners()) === 2);
  const id = await jobOf('anna');
  await until('both know that it is done', () => watches.every((watch) => watch.saw(id, 'done')));
  expect(await admin.get(`/jobs/${id}`)).toMatchObject({ status: 'done', attempts: [{ outcome: 'done', plan: { outcome: 'create' } }] });
}, 60_000);

test('a lane that is paused at a server is paused for workers, and what a command resumes they do', async () => {
  expect((await admin.request('POST', '/jobs/pauses', { lane: 'idp:acme' })).status).toBe(201);
  const [first, second] = [await jobOf('ben'), await jobOf('chloe')];
  await until('they are put aside', async () => {
    const jobs = await Promise.all([first, second].map((id) => admin.get(`/jobs/${id}`)));
    return jobs.every(({ waitsFor }) => waitsFor === 'lane');
  });
  expect(await foyer('discard', second)).toMatchObject({ code: 0 });
  expect(await foyer('resume', 'idp:acme')).toMatchObject({ code: 0, out: 'idp:acme goes on; 1 jobs had been put aside.\n' });
  await until('the worker has done it', () => watches.every((watch) => watch.saw(first, 'done')));
  expect(await admin.get(`/jobs/${second}`)).toMatchObject({ status: 'discarded' });
  expect(await foyer('drain')).toMatchObject({ code: 0 });
}, 120_000);

test('servers and workers tell the same numbers of jobs, and workers what they did', async () => {
  const metricsOf = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();
  for (const { url } of [worker, ...cluster.sites]) expect(await metricsOf(url)).toMatch(/^foyer_jobs\{status="dead",waits_for=""\} 0$/m);
  expect(await metricsOf(worker.url)).toMatch(/^foyer_jobs_ended_total\{kind="provision",status="done"\} [2-9]/m);
});
