import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { testDatabase } from '../../../test/support/mariadb.js';
import { JobsSite, kindOf, newJob, ScriptedHandler, type JobsProcess } from '../jobs-site.conformance.js';
import { jobPriorities } from './new-job.js';

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('on $title', ({ url }) => {
  let site: JobsSite;
  let process: JobsProcess;
  const subjectId = newId();
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    await site.empty();
    process = site.process({ handlers: [new ScriptedHandler(), new ScriptedHandler('send')] });
  });

  test('a job is there if and only if its transaction commits, and nobody can read what it knows', async () => {
    const failing = site.database.transaction(async (tx) => {
      await process.outbox.add(tx, newJob());
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const { id, sequence } = await site.add(process, { payload: { email: 'anna@acme.example' } });
    expect(sequence).toBe(1);
    expect(await site.workOff(process)).toEqual([id]);
    const other = await site.add(process);
    expect((await site.job(other.id)).payload).toMatch(/^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/);
    expect((await site.job(id)).payload).toBeNull();
  });

  test('of the jobs of one person and kind that wait, only the newest stays', async () => {
    const first = await site.add(process, { subjectId, priority: jobPriorities.firstLogin, payload: 1 });
    const send = await site.add(process, { subjectId, kind: kindOf('send') });
    const second = await site.add(process, { subjectId, priority: jobPriorities.resync, payload: 2 });
    expect([first, send, second].map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(await site.job(first.id)).toMatchObject({ status: 'superseded', stage: 'ended', payload: null, code: 'job.newer' });
    // Somebody was in a hurry about this person, and still is.
    expect(await site.job(second.id)).toMatchObject({ status: 'waiting', stage: 'behind', priority: jobPriorities.firstLogin });
    expect(await site.job(send.id)).toMatchObject({ status: 'waiting', stage: 'ready', priority: jobPriorities.firstLogin });
    expect(await site.workOff(process)).toEqual([send.id, second.id]);
    expect(await site.subject(subjectId)).toMatchObject({ issued: 3, applied: 3, openJobs: [] });
  });

  test('of jobs that end while they wait those are told who watch, and they are counted, once that is committed', async () => {
    const seen: unknown[] = [];
    const unsubscribe = site.events.subscribe({ changed: (changes) => void seen.push(...changes), missed: () => undefined });
    const count = async (): Promise<number> => {
      const text = (await site.metrics.text()).body;
      return Number(/^foyer_jobs_ended_total\{kind="provision",status="superseded"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    const before = await count();
    const first = await site.add(process, { subjectId });
    const failing = site.database.transaction(async (tx) => {
      await process.outbox.add(tx, newJob({ subjectId }));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect([seen, await count()]).toEqual([[], before]);
    const second = await site.add(process, { subjectId });
    await site.database.transaction((tx) => site.subjects.overtake(tx, subjectId));
    unsubscribe();
    expect(seen).toEqual([first, second].map(({ id }) => ({ id, status: 'superseded' })));
    expect(await count()).toBe(before + 2);
  });

  test('what runs is not replaced: the newest waits behind it', async () => {
    const first = await site.add(process, { subjectId });
    const claimed = await site.claimOne(process);
    const second = await site.add(process, { subjectId });
    const third = await site.add(process, { subjectId });
    expect(await site.statusOf(second.id)).toBe('superseded');
    expect(await site.workOff(process)).toEqual([]);
    const next = await process.runner.run(claimed);
    expect(next).toEqual([{ id: third.id, inMs: 0 }]);
    expect(await site.statusOf(first.id)).toBe('done');
    expect(await site.workOff(process)).toEqual([third.id]);
  });

  test('urgent people come first, and each in the order of their jobs', async () => {
    const resync = await site.add(process, { priority: jobPriorities.resync });
    const login = await site.add(process, { priority: jobPriorities.login });
    const first = await site.add(process, { priority: jobPriorities.firstLogin });
    const laterFirst = await site.add(process, { priority: jobPriorities.firstLogin });
    expect(await site.workOff(process)).toEqual([first, laterFirst, login, resync].map(({ id }) => id));
  });

  test('a job waits for its time', async () => {
    const later = await site.add(process, { runAt: Date.now() + 3_600_000 });
    const now = await site.add(process);
    expect(await site.workOff(process)).toEqual([now.id]);
    await site.makeDue(later.id);
    expect(await site.workOff(process)).toEqual([later.id]);
  });

  test('a change overtakes what waits, what runs, and nothing that comes later', async () => {
    const running = await site.add(process, { subjectId });
    const claimed = await site.claimOne(process);
    const waiting = await site.add(process, { subjectId });
    await site.database.transaction((tx) => site.subjects.overtake(tx, subjectId));
    const later = await site.add(process, { subjectId });
    expect(await site.job(waiting.id)).toMatchObject({ status: 'superseded', code: 'job.overtaken', payload: null });
    await process.runner.run(claimed);
    expect(await site.statusOf(running.id)).toBe('superseded');
    expect(later.sequence).toBe(4);
    expect(await site.workOff(process)).toEqual([later.id]);
    expect(await site.subject(subjectId)).toMatchObject({ issued: 4, applied: 4, openJobs: [] });
  });

  test('a person without jobs cannot be overtaken, and is not written down', async () => {
    await site.database.transaction((tx) => site.subjects.overtake(tx, subjectId));
    await expect(site.subject(subjectId)).rejects.toThrow('JobSubjectRow');
  });

  test('a kind without a handler and a payload that is too large are refused', async () => {
    await expect(site.add(process, { kind: kindOf('unknown') })).rejects.toThrow('Nobody has declared');
    await expect(site.add(process, { payload: 'x'.repeat(60_000) })).rejects.toMatchObject({ code: 'job.payloadTooLarge' });
  });
});
