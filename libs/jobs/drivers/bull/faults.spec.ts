import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { schema } from '../../../../ormconfig.js';
import { testDatabase } from '../../../../test/support/mariadb.js';
import { TestRedis } from '../../../../test/support/redis.js';
import { JobsSite, kindOf, ScriptedHandler, until, type ProcessOptions } from '../../jobs-site.conformance.js';
import type { JobKind } from '../../kinds/job-kind.js';
import { JobMetrics } from '../../running/job-metrics.js';
import { JobSweeper } from '../../upkeep/job-sweeper.js';
import { BullMembers, type Member } from './bull-members.conformance.js';

let redis: TestRedis;
let site: JobsSite;
let members: BullMembers;
let handler: ScriptedHandler;

beforeAll(async () => {
  redis = await TestRedis.start();
  site = await JobsSite.open(schema, (await testDatabase()).url);
  members = new BullMembers(redis, site);
}, 60_000);
afterAll(() => site.close());
beforeEach(async () => {
  await members.empty();
  handler = new ScriptedHandler();
});
afterEach(() => members.stop());

const started = (concurrency: number, options: ProcessOptions = {}): Promise<Member> =>
  members.started(concurrency, { handlers: [handler], ...options });
const done = (id: string) => async (): Promise<boolean> => (await site.statusOf(id)) === 'done';
const said = ({ lines }: Member, text: string): boolean => lines.some(({ msg }) => String(msg).includes(text));

test('during a rollout an older worker leaves newer jobs to newer workers, and says so', async () => {
  const newer: JobKind<unknown> = { ...kindOf('provision'), version: 2 };
  const added = new ScriptedHandler('added later');
  const [old, server] = [await started(4), await started(0, { handlers: [new ScriptedHandler(newer), added] })];
  const ids = [await members.add(server, { kind: newer }), await members.add(server, { kind: added.kind })];
  const known = await members.add(old);
  await until('the old worker does what it knows', done(known));
  await until('the old worker leaves the others', () => said(old, 'newer version of Foyer'));
  expect(await Promise.all(ids.map((id) => site.statusOf(id)))).toEqual(['waiting', 'waiting']);
  const young = new ScriptedHandler(newer);
  await started(4, { handlers: [young, added] });
  for (const id of ids) await until('a newer worker does it', done(id));
  expect(handler.runs.map(({ id }) => id)).toEqual([known]);
  for (const id of ids) expect(await site.job(id)).toMatchObject({ tries: 0, status: 'done' });
}, 60_000);

test('what a newer server handed over in a form that a worker does not know is dropped, and the jobs are handed over again', async () => {
  const server = await started(0);
  const id = await members.add(server);
  await until('Redis has it', async () => (await redis.admin.llen('{foyer}:jobs:wait')) === 1);
  const [token] = await redis.admin.lrange('{foyer}:jobs:wait', 0, 0);
  // As the newer one writes it.
  await redis.admin.hset(`{foyer}:jobs:${token}`, 'data', JSON.stringify({ version: 2, jobs: [{ id, fence: 0 }] }));
  const old = await started(2);
  await until('it is said', () => said(old, 'dropped something from the queue of jobs that is none'));
  expect(await site.job(id)).toMatchObject({ status: 'waiting', stage: 'handed', tries: 0 });
  // A minute later.
  await site.makeDue(id);
  const { database, events } = site;
  await new JobSweeper(database, old.endings, old.handlers, new JobMetrics(old.metrics), old.driver, events, old.logger).sweep();
  await until('it is done', done(id));
  expect(handler.runs.map((run) => run.id)).toEqual([id]);
});

test('a worker with another key gives jobs back to those that can read them, and tells why', async () => {
  const wrong = await started(1, { secretKey: randomBytes(32) });
  const server = await started(0);
  const id = await members.add(server);
  await until('it was given back', async () => (await site.attempts(id)).length > 0);
  expect(await site.attempts(id)).toMatchObject([{ outcome: 'returned', code: 'secret.unreadable', worker: wrong.runner.worker }]);
  expect(wrong.lines).toContainEqual(expect.objectContaining({ level: 'error', msg: expect.stringContaining('FOYER_SECRET_KEY') }));
  await started(1);
  await site.makeDue(id);
  await until('another worker does it', done(id));
  expect(await site.job(id)).toMatchObject({ tries: 0 });
}, 60_000);

test.each([
  { title: 'full', how: ['maxmemory', '1'], back: ['maxmemory', '0'] },
  { title: 'read-only', how: ['min-replicas-to-write', '1'], back: ['min-replicas-to-write', '0'] },
] as const)(
  'while Redis is $title jobs wait in the database, and go on when it is not any more',
  async ({ how, back }) => {
    const [server, worker] = [await started(0), await started(2)];
    const before = await members.add(server);
    await until('it is done', done(before));
    await redis.admin.config('SET', ...how);
    const during = await members.add(server);
    const why = /did not take all jobs: it is full or read-only|OOM command|NOREPLICAS/;
    const complains = ({ lines }: Member): boolean => lines.some((line) => line['level'] === 'warn' && why.test(JSON.stringify(line)));
    await until('it was said why', () => [server, worker].some(complains));
    expect(await site.statusOf(during)).toBe('waiting');
    await redis.admin.config('SET', ...back);
    await until('it goes on', done(during), 45_000);
    expect(handler.runs).toHaveLength(2);
  },
  90_000,
);

test('a slow Redis only costs time', async () => {
  const [server] = [await started(0), await started(2)];
  await redis.pause(3_000);
  const ids = [await members.add(server), await members.add(server)];
  for (const id of ids) await until('it is done', done(id), 45_000);
  expect(handler.runs.map(({ id }) => id).sort()).toEqual([...ids].sort());
}, 90_000);

test('a connection to the database that is lost in the middle of a transaction takes its writes with it, and the job is done once', async () => {
  Object.assign(handler.retry, { baseDelayMs: 20, maxDelayMs: 20 });
  await site.database.transaction((tx) => tx.query('CREATE TABLE IF NOT EXISTS written (job_id VARCHAR(36))'));
  handler.script = async (run) => {
    await site.database.transaction(async (tx) => {
      await run.guard(tx);
      await tx.query('INSERT INTO written (job_id) VALUES (?)', [run.job.id]);
      if (run.job.attempt === 1) await tx.query('KILL CONNECTION_ID()');
      await run.complete(tx);
    });
  };
  const worker = await started(2);
  const id = await members.add(worker);
  await until('it is done', done(id), 30_000);
  expect(await site.job(id)).toMatchObject({ attempts: 2 });
  expect(await site.database.read.query('SELECT job_id FROM written')).toEqual([{ job_id: id }]);
  expect(said(worker, 'a job failed')).toBe(true);
}, 60_000);
