import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FoyerError, newId } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { testDatabase } from '../../../test/support/mariadb.js';
import { JobsSite, kindOf, newJob, ScriptedHandler, until, type JobsProcess } from '../jobs-site.conformance.js';
import { JobSweeper } from '../upkeep/job-sweeper.js';
import { JobMetrics } from './job-metrics.js';
import type { JobRun } from './job-run.js';

const failing = (error: Error) => async (): Promise<void> => {
  throw error;
};
const hung = (run: JobRun): Promise<void> =>
  new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason as Error)));

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('on $title', ({ url }) => {
  let site: JobsSite;
  let handler: ScriptedHandler;
  let process: JobsProcess;
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    await site.empty();
    handler = new ScriptedHandler();
    process = site.process({ handlers: [handler, new ScriptedHandler('send')] });
  });

  const sweeper = (of: JobsProcess = process): JobSweeper =>
    new JobSweeper(
      site.database,
      of.endings,
      of.handlers,
      new JobMetrics(of.metrics),
      { announce: () => undefined },
      site.events,
      of.logger,
    );

  test('a handler gets what was asked for, and an administrator sees what it noted', async () => {
    handler.script = async (run) => run.note({ outcome: 'create' });
    const { id } = await site.add(process, { payload: { email: 'anna@acme.example' } });
    await site.workOff(process);
    expect(handler.runs).toMatchObject([{ id, payload: { email: 'anna@acme.example' } }]);
    expect(await site.job(id)).toMatchObject({ status: 'done', attempts: 1, tries: 0, payload: null, code: null });
    expect(await site.attempts(id)).toMatchObject([
      { number: 1, outcome: 'done', plan: { outcome: 'create' }, worker: process.runner.worker },
    ]);
  });

  test('effect and end are one: neither is there without the other', async () => {
    handler.script = (run) =>
      site.database.transaction(async (tx) => {
        await run.guard(tx);
        await run.complete(tx);
        if (run.job.attempt === 1) throw new Error('after completing');
      });
    const { id } = await site.add(process);
    await site.workOff(process);
    expect(await site.job(id)).toMatchObject({ status: 'waiting', attempts: 1, tries: 1, code: 'job.failed' });
    await site.makeDue(id);
    await site.workOff(process);
    expect(await site.job(id)).toMatchObject({ status: 'done', attempts: 2, code: null });
  });

  test('what fails after the job was completed changes nothing about it', async () => {
    handler.script = async (run) => {
      await site.database.transaction((tx) => run.complete(tx));
      throw new Error('too late');
    };
    const { id } = await site.add(process);
    await site.workOff(process);
    expect(await site.job(id)).toMatchObject({ status: 'done', attempts: 1 });
  });

  test('a job that fails is tried again, with its reason, until it is dead; the next job of that person goes on', async () => {
    handler.script = failing(new FoyerError('unavailable', 'store.down', 'The store does not answer.'));
    const subjectId = newId();
    const { id } = await site.add(process, { subjectId });
    const send = await site.add(process, { subjectId, kind: kindOf('send') });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await site.workOff(process)).toEqual([id]);
      expect(await site.job(id)).toMatchObject({ status: 'waiting', stage: 'ready', tries: attempt, code: 'store.down' });
      expect(await site.job(send.id)).toMatchObject({ stage: 'behind' });
      await site.makeDue(id);
    }
    expect(await site.workOff(process)).toEqual([id, send.id]);
    // What was done after it was other work.
    expect(await site.job(id)).toMatchObject({ status: 'dead', tries: 3, code: 'store.down' });
    expect(await site.attempts(id)).toMatchObject([1, 2, 3].map((number) => ({ number, outcome: 'failed', code: 'store.down' })));
  });

  test('a job is not tried again before the error says that it makes sense', async () => {
    const days = 3 * 86_400;
    handler.script = failing(new FoyerError('unavailable', 'store.unavailable', 'The store rests.', { retryAfter: days }));
    const { id } = await site.add(process);
    await site.workOff(process);
    const [row] = await site.database.read.query<{ inMs: number }[]>(
      `SELECT due_at - started_at AS inMs FROM jobs WHERE id = ? AND status = 'waiting'`,
      [id],
    );
    expect(Number(row?.inMs)).toBeGreaterThanOrEqual(days * 1000);
  });

  test('a dead job keeps what it knows, until a newer one takes its place', async () => {
    handler.script = failing(new RangeError('makes no sense'));
    const subjectId = newId();
    const dead = await site.add(process, { subjectId });
    await site.workOff(process);
    expect(await site.job(dead.id)).toMatchObject({ status: 'dead', attempts: 1, payload: expect.any(String) });
    const { identityProviderId } = newJob();
    const open = { kind: 'provision', identityProviderId, loginId: expect.any(String), failure: 'job.failed' };
    expect(await site.subjects.openJobs(site.database.read, subjectId)).toEqual([{ ...open, id: dead.id, dead: true }]);
    const newer = await site.add(process, { subjectId });
    expect(await site.job(dead.id)).toMatchObject({ status: 'superseded', payload: null });
    expect(await site.job(newer.id)).toMatchObject({ status: 'waiting', stage: 'ready' });
    // It counts as failing until somebody has done it.
    expect(await site.subjects.openJobs(site.database.read, subjectId)).toEqual([{ ...open, id: newer.id }]);
    handler.script = async () => undefined;
    await site.workOff(process);
    expect(await site.subjects.openJobs(site.database.read, subjectId)).toEqual([]);
  });

  test('what one identity provider said stays to be done, whatever another one says', async () => {
    handler.script = failing(new RangeError('makes no sense'));
    const subjectId = newId();
    const acme = await site.add(process, { subjectId });
    const globex = await site.add(process, { subjectId, identityProviderId: newId(), identityProvider: 'globex' });
    expect(await site.statusOf(acme.id)).toBe('waiting');
    await process.runner.run(await site.claimOne(process));
    handler.script = async () => undefined;
    expect(await site.workOff(process)).toEqual([globex.id]);
    expect(await site.statusOf(acme.id)).toBe('dead');
    const again = await site.add(process, { subjectId });
    expect(await site.workOff(process)).toEqual([again.id]);
    expect(await site.statusOf(acme.id)).toBe('superseded');
  });

  test('a job that fails while a newer one waits is not tried again', async () => {
    const subjectId = newId();
    const older = await site.add(process, { subjectId });
    const claimed = await site.claimOne(process);
    const newer = await site.add(process, { subjectId });
    handler.script = failing(new Error('store'));
    expect(await process.runner.run(claimed)).toEqual([{ id: newer.id, inMs: 0 }]);
    expect(await site.statusOf(older.id)).toBe('superseded');
  });

  test('what others say of an error stays in the log', async () => {
    handler.script = failing(new Error('password=secret'));
    const { id } = await site.add(process, { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
    await site.workOff(process);
    expect(JSON.stringify([await site.job(id), await site.attempts(id)])).not.toContain('secret');
    expect(process.lines).toContainEqual(expect.objectContaining({ msg: 'a job failed', jobId: id, traceId: 'a'.repeat(32) }));
  });

  test('a worker that is not heard of loses the job, and its late writes are refused', async () => {
    let late: JobRun | undefined;
    handler.script = async (run) => {
      late ??= run;
      if (run === late) await hung(run);
    };
    const { id } = await site.add(process);
    const silent = process.runner.run(await site.claimOne(process));
    await site.makeDue(id);
    await sweeper().sweep();
    expect(await site.job(id)).toMatchObject({ status: 'waiting', code: 'job.workerLost', tries: 1 });
    const other = site.process({ handlers: [handler] });
    await site.makeDue(id);
    expect(await site.workOff(other)).toEqual([id]);
    const writes = site.database.transaction(async (tx) => {
      await late?.guard(tx);
    });
    await expect(writes).rejects.toMatchObject({ code: 'job.lost' });
    await expect(site.database.transaction(async (tx) => late?.complete(tx))).rejects.toMatchObject({ code: 'job.lost' });
    expect(await late?.heartbeat()).toBe(false);
    expect(await site.attempts(id)).toMatchObject([{ outcome: 'lost' }, { outcome: 'done', worker: other.runner.worker }]);
    late?.abort(new FoyerError('conflict', 'job.lost', ''));
    await silent;
    expect(await site.job(id)).toMatchObject({ status: 'done', attempts: 2 });
  });

  test('a job that loses its workers again and again is given up', async () => {
    const { id } = await site.add(process);
    for (let death = 1; death <= 3; death += 1) {
      await site.makeDue(id);
      await site.claimOne(process);
      await site.makeDue(id);
      await sweeper().sweep();
    }
    expect(await site.job(id)).toMatchObject({ status: 'dead', attempts: 3, code: 'job.workerLost' });
  });

  test('a worker that is alive keeps its job, and is told when it has lost it', async () => {
    const leaseMs = 3_000;
    const quick = site.process({ handlers: [handler], leaseMs });
    handler.script = hung;
    const { id } = await site.add(quick);
    const before = (await site.job(id)).dueAt;
    const run = quick.runner.run(await site.claimOne(quick));
    await until('the lease was extended', async () => (await site.job(id)).dueAt > before + leaseMs + 500);
    await sweeper().sweep();
    expect(await site.statusOf(id)).toBe('running');
    await site.database.transaction((tx) => tx.query('UPDATE jobs SET fence = fence + 1 WHERE id = ?', [id]));
    await run;
    expect(quick.lines).toContainEqual(expect.objectContaining({ msg: 'a job was lost to another worker or given back' }));
  });

  test('a worker with another key gives the job back, says why, and does not come for the next one at once', async () => {
    const { id } = await site.add(process);
    const wrong = site.process({ handlers: [handler], secretKey: randomBytes(32) });
    const run = wrong.runner.run(await site.claimOne(wrong));
    await until('it was given back', async () => (await site.statusOf(id)) === 'waiting');
    expect(await site.job(id)).toMatchObject({ code: 'secret.unreadable', tries: 0, payload: expect.any(String) });
    expect(await Promise.race([run, Promise.resolve('resting')])).toBe('resting');
    await wrong.runner.stop(1_000);
    await run;
    expect(wrong.lines).toContainEqual(expect.objectContaining({ level: 'error', jobId: id }));
    await site.makeDue(id);
    expect(await site.workOff(process)).toEqual([id]);
    expect(await site.attempts(id)).toMatchObject([{ outcome: 'returned', code: 'secret.unreadable' }, { outcome: 'done' }]);
  });

  test('a worker that stops finishes what it can and gives back the rest', async () => {
    const slow = await site.add(process);
    handler.script = (run) => (run.job.id === slow.id ? hung(run) : new Promise((resolve) => setTimeout(resolve, 20)));
    const quick = await site.add(process);
    const claimed = await process.store.claim(process.runner.worker, { kinds: [kindOf('provision')], limit: 2 });
    const runs = claimed.map((job) => process.runner.run(job));
    await process.runner.stop(200);
    await Promise.all(runs);
    expect(await site.statusOf(quick.id)).toBe('done');
    expect(await site.job(slow.id)).toMatchObject({ status: 'waiting', stage: 'ready', tries: 0, code: 'job.stopping' });
  });

  test("a deadlock in the middle is nobody's failure on MariaDB", async () => {
    let deadlocks = 0;
    handler.script = (run) =>
      site.database.transaction(async (tx) => {
        await run.guard(tx);
        await run.complete(tx);
        deadlocks += 1;
        if (deadlocks === 1) throw Object.assign(new Error('Deadlock found'), { code: 'ER_LOCK_DEADLOCK' });
      });
    const { id } = await site.add(process);
    await site.workOff(process);
    const expected = site.database.dialect === 'mysql' ? { status: 'done', tries: 0 } : { status: 'waiting', code: 'ER_LOCK_DEADLOCK' };
    expect(await site.job(id)).toMatchObject({ ...expected, attempts: 1 });
  });

  test('jobs that their handlers leave to us are completed together, and one that was lost in between does not take others with it', async () => {
    const added = await Promise.all([1, 2, 3].map(() => site.add(process)));
    const claimed = await process.store.claim(process.runner.worker, { kinds: [kindOf('provision')], limit: 3 });
    await site.database.transaction((tx) => tx.query('UPDATE jobs SET fence = fence + 1 WHERE id = ?', [added[1]?.id]));
    await Promise.all(claimed.map((job) => process.runner.run(job)));
    expect(await Promise.all(added.map(({ id }) => site.statusOf(id)))).toEqual(['done', 'running', 'done']);
  });

  test('the last attempts are kept', async () => {
    const patient = new ScriptedHandler('patient', failing(new Error('no')));
    Object.assign(patient.retry, { maxAttempts: 100 });
    const other = site.process({ handlers: [patient] });
    const { id } = await site.add(other, { kind: kindOf('patient') });
    for (let attempt = 1; attempt <= 23; attempt += 1) {
      await site.makeDue(id);
      await site.workOff(other);
    }
    expect((await site.attempts(id)).map(({ number }) => number)).toEqual([...new Array(20).keys()].map((index) => index + 4));
  });
});
