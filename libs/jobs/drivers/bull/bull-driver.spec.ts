import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newId } from '@foyer/platform';
import { schema } from '../../../../ormconfig.js';
import { testDatabase } from '../../../../test/support/mariadb.js';
import { TestRedis } from '../../../../test/support/redis.js';
import { JobsSite, newJob, ScriptedHandler, until, type ProcessOptions } from '../../jobs-site.conformance.js';
import { jobPriorities, type NewJob } from '../../outbox/new-job.js';
import { JobSweeper } from '../../upkeep/job-sweeper.js';
import { JobMetrics } from '../../running/job-metrics.js';
import { BullMembers, type Member } from './bull-members.conformance.js';
import type { Token } from './token.js';

let redis: TestRedis;
let site: JobsSite;
let handler: ScriptedHandler;
let members: BullMembers;

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
const add = (process: Member, more: Partial<NewJob> = {}): Promise<string> => members.add(process, more);

const done = (ids: readonly string[]) => async (): Promise<boolean> =>
  (await Promise.all(ids.map((id) => site.statusOf(id)))).every((status) => status === 'done');

const keys = async (): Promise<string[]> => (await redis.admin.keys('*')).sort();

test('a job goes by way of Redis, which knows nothing but its id and forgets that', async () => {
  const server = await started(0);
  const id = await add(server, { payload: { email: 'anna@acme.example' } });
  await until('Redis has it', async () => (await redis.admin.llen('{foyer}:jobs:wait')) === 1);
  expect(await site.job(id)).toMatchObject({ status: 'waiting', stage: 'handed' });
  const all = await keys();
  expect(all.every((key) => key.startsWith('{foyer}:jobs:'))).toBe(true);
  expect(await redis.admin.hget(`{foyer}:jobs:${id}.0`, 'data')).toBe(JSON.stringify({ ids: [id] }));
  const worker = await started(2);
  await until('it is done', done([id]));
  await until('Redis has forgotten it', async () => (await keys()).every((key) => !key.includes(id)));
  expect(handler.runs).toMatchObject([{ id, worker: worker.runner.worker, payload: { email: 'anna@acme.example' } }]);
});

test('jobs that nobody announced are found, also those of a server that died', async () => {
  const ids = await site.database.transaction(async (tx) => {
    const { outbox } = site.process({ handlers: [handler] });
    const added: string[] = [];
    for (let count = 0; count < 30; count += 1) added.push((await outbox.add(tx, newJob())).id);
    return added;
  });
  await started(0);
  await started(4);
  await until('all are done', done(ids));
  expect(handler.runs.map(({ id }) => id).sort()).toEqual([...ids].sort());
});

test('who is in a hurry comes first, also in Redis', async () => {
  const server = await started(0);
  const resync = await add(server, { priority: jobPriorities.resync });
  const login = await add(server);
  const first = await add(server, { priority: jobPriorities.firstLogin });
  await until('Redis has them', async () => (await redis.admin.llen('{foyer}:jobs:wait')) === 3);
  await started(1);
  await until('all are done', done([resync, login, first]));
  expect(handler.runs.map(({ id }) => id)).toEqual([first, resync, login]);
});

test('what is tried again and what comes after it for the same person is brought when its time has come', async () => {
  Object.assign(handler.retry, { baseDelayMs: 20, maxDelayMs: 20 });
  handler.script = async ({ job }) => {
    if (job.attempt < 3) throw new Error('not yet');
  };
  const worker = await started(2);
  const subjectId = newId();
  const first = await add(worker, { subjectId });
  await until('it is done', done([first]));
  const second = await add(worker, { subjectId });
  await until('the next one is done', done([second]));
  expect((await site.job(first)).attempts).toBe(3);
});

test('Redis emptied while jobs wait in it loses none', async () => {
  const server = await started(0);
  const ids = await Promise.all(Array.from({ length: 20 }, () => add(server)));
  await until('Redis has them', async () => (await redis.admin.llen('{foyer}:jobs:wait')) === 20);
  await redis.flush();
  await started(4);
  await until('all are done', done(ids), 20_000);
  expect(handler.runs.map(({ id }) => id).sort()).toEqual([...ids].sort());
}, 30_000);

test('Redis started again, empty, goes on', async () => {
  const server = await started(0);
  await started(4);
  const before = await add(server);
  await until('it is done', done([before]));
  await redis.stop();
  const during = await Promise.all(Array.from({ length: 5 }, () => add(server)));
  await redis.startAgain();
  await until('all are done', done(during), 20_000);
  expect(handler.runs).toHaveLength(6);
}, 40_000);

test('what somebody else put into the queue is dropped with a word, and harms nothing', async () => {
  const worker = await started(2);
  const strange = [
    { data: 'text' },
    { data: { ids: [7] } },
    { name: 'other', data: { ids: [newId()], secret: 'x' } },
    { data: { ids: ['../../x'] } },
  ];
  // Bull's types know no such data.
  await worker.queue.addBulk(strange as unknown as { data: Token }[]);
  // An id without a job, a job that is no JSON, and one whose options are none.
  await redis.admin.lpush('{foyer}:jobs:wait', 'nothing');
  await redis.admin.hset('{foyer}:jobs:broken', { name: '__default__', data: '{', opts: '{}', timestamp: '1', delay: '0', priority: '0' });
  await redis.admin.lpush('{foyer}:jobs:wait', 'broken');
  await redis.admin.hset('{foyer}:jobs:worse', { name: '__default__', data: '{}', opts: '{', timestamp: 'x', delay: 'x', priority: 'x' });
  await redis.admin.lpush('{foyer}:jobs:wait', 'worse');
  const id = await add(worker);
  await until('ours is done', done([id]));
  await until('it was said', () => worker.lines.filter(({ msg }) => String(msg).startsWith('dropped something')).length >= 3);
  expect(handler.runs).toHaveLength(1);
});

test('a job in Redis that was done long ago, or that another worker has, is left alone', async () => {
  const worker = await started(1);
  const id = await add(worker);
  await until('it is done', done([id]));
  await worker.queue.add({ ids: [id] }, { jobId: `${id}.9` });
  const next = await add(worker);
  await until('the next one is done', done([next]));
  expect(handler.runs.map((run) => run.id)).toEqual([id, next]);
});

test('Redis does not get more than it should, however much waits', async () => {
  const { outbox } = site.process({ handlers: [handler] });
  for (let round = 0; round < 25; round += 1)
    await site.database.transaction(async (tx) => {
      for (let count = 0; count < 100; count += 1) await outbox.add(tx, newJob());
    });
  const server = await started(0);
  await until('Redis is full', async () => (await redis.admin.llen('{foyer}:jobs:wait')) === 100);
  const late = await add(server);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await redis.admin.llen('{foyer}:jobs:wait')).toBe(100);
  expect(await site.job(late)).toMatchObject({ status: 'waiting', stage: 'ready' });
  await started(50);
  await until('the rest follows', done([late]), 30_000);
}, 60_000);

test('two workers, of which one stops in the middle: what it has not done is done by the other', async () => {
  const leaving = await started(4);
  handler.script = ({ job }) => (job.worker === leaving.runner.worker ? new Promise(() => undefined) : Promise.resolve());
  const added = await Promise.all(Array.from({ length: 9 }, () => add(leaving)));
  await until('four hang', async () => {
    const [row] = await site.database.read.query<{ running: number }[]>("SELECT COUNT(*) AS running FROM jobs WHERE status = 'running'");
    return Number(row?.running) === 4;
  });
  const staying = await started(2);
  await leaving.stop();
  await until('all are done', done(added));
  expect(new Set(handler.runs.slice(4).map(({ worker }) => worker))).toEqual(new Set([staying.runner.worker]));
});

test('what a worker was brought together with others and does not come to is done by others', async () => {
  const { outbox } = site.process({ handlers: [handler] });
  await site.database.transaction(async (tx) => {
    for (let count = 0; count < 100; count += 1) await outbox.add(tx, newJob());
  });
  const slow = await started(2);
  handler.script = ({ job }) => (job.worker === slow.runner.worker ? new Promise(() => undefined) : Promise.resolve());
  await until('two hang', () => handler.runs.length === 2);
  await started(4);
  await until('the others are done', () => handler.runs.length === 100);
  expect(handler.runs.filter(({ worker }) => worker === slow.runner.worker)).toHaveLength(2);
});

test('what a worker left comes back to it as soon as it has room', async () => {
  const { outbox } = site.process({ handlers: [handler] });
  const server = await started(0);
  const [one, another, left] = await site.database.transaction(async (tx) => {
    const added: string[] = [];
    for (let count = 0; count < 3; count += 1) added.push((await outbox.add(tx, newJob())).id);
    await tx.query("UPDATE jobs SET stage = 'handed', due_at = due_at + 60000");
    return added as [string, string, string];
  });
  const before = (await site.job(left)).dueAt;
  await server.queue.add({ ids: [one, another] });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  handler.script = () => released;
  await started(2);
  await until('the first two fill the worker', () => handler.runs.length === 2);
  await server.queue.add({ ids: [left] }, { jobId: `${left}.0` });
  await until('the third one was left, and handed over again', async () => {
    const { dueAt, stage } = await site.job(left);
    return dueAt !== before && stage === 'handed';
  });
  release();
  await until('all are done', done([one, another, left]));
  expect(handler.runs.map(({ id }) => id).sort()).toEqual([one, another, left].sort());
});

test('a worker that stops lets others have at once what it was brought and has not begun', async () => {
  handler.script = () => new Promise((resolve) => setTimeout(resolve, 100));
  const leaving = await started(4);
  const ids = await Promise.all(Array.from({ length: 60 }, () => add(leaving)));
  await until('some are done', () => handler.runs.length > 8);
  await Promise.all([started(8), leaving.stop()]);
  await until('all are done', done(ids), 30_000);
  expect(handler.runs).toHaveLength(60);
});

test('a worker ends also while Redis is away, and gives back what it has', async () => {
  const worker = await started(2);
  handler.script = () => new Promise(() => undefined);
  const id = await add(worker);
  await until('it runs', async () => (await site.statusOf(id)) === 'running');
  await redis.stop();
  const began = performance.now();
  await worker.stop();
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(await site.job(id)).toMatchObject({ status: 'waiting', stage: 'ready', code: 'job.stopping' });
  await redis.startAgain();
});

test('a worker that died leaves its jobs to the others', async () => {
  const dead = site.process({ handlers: [handler] });
  const { id } = await site.add(dead);
  await site.claimOne(dead);
  await site.makeDue(id);
  const worker = await started(2);
  const sweeper = new JobSweeper(
    site.database,
    worker.endings,
    worker.handlers,
    new JobMetrics(worker.metrics),
    worker.driver,
    site.events,
    worker.logger,
  );
  await sweeper.sweep();
  await site.makeDue(id);
  worker.outbox.announce([id]);
  await until('it is done', done([id]));
  expect(await site.attempts(id)).toMatchObject([{ outcome: 'lost', worker: dead.runner.worker }, { outcome: 'done' }]);
});
