import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FoyerError, newId, precondition, Vault, type Transaction } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { testDatabase } from '../../../test/support/mariadb.js';
import type { JobChange } from '../events/job-events.js';
import { JobsSite, kindOf, ScriptedHandler, until, type JobsProcess } from '../jobs-site.conformance.js';
import type { DiscardedJob } from '../running/job-handler.js';
import { JobAnnouncements } from '../outbox/job-announcements.js';
import { JobAdministration } from './job-administration.js';

/** Remembers what was discarded, in a table of its own so that it is seen whether that was undone. */
class RememberingHandler extends ScriptedHandler {
  readonly told: DiscardedJob[] = [];
  refuses = false;

  async discarded(tx: Transaction, job: DiscardedJob): Promise<void> {
    this.told.push(job);
    await tx.query("INSERT INTO job_leases (name, holder, lease_until) VALUES ('discarded', ?, 0)", [job.id]);
    if (this.refuses) throw new Error('no');
  }
}

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('on $title', ({ url }) => {
  let site: JobsSite;
  let handler: RememberingHandler;
  let process: JobsProcess;
  let administration: JobAdministration;
  const announced: string[] = [];
  const changes: JobChange[] = [];
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    await site.empty();
    await site.database.transaction((tx) => tx.query("DELETE FROM job_leases WHERE name = 'discarded'"));
    handler = new RememberingHandler();
    process = site.process({ handlers: [handler, new ScriptedHandler('send')] });
    administration = administrationOf(process);
    announced.length = 0;
  });

  const administrationOf = ({ handlers, logger }: JobsProcess, secretKey = site.secretKey): JobAdministration => {
    const announcements = new JobAnnouncements();
    announcements.onAnnounced((ids) => void announced.push(...ids));
    return new JobAdministration(site.database, site.subjects, handlers, new Vault(secretKey), announcements, site.events, logger);
  };
  const failing = async (): Promise<void> => {
    throw new RangeError('makes no sense');
  };
  /** A job that was given up. */
  const dead = async (subjectId = newId(), identityProviderId?: string): Promise<string> => {
    handler.script = failing;
    const { id } = await site.add(process, { subjectId, ...(identityProviderId !== undefined && { identityProviderId }) });
    await site.workOff(process);
    handler.script = async () => undefined;
    expect(await site.statusOf(id)).toBe('dead');
    return id;
  };
  const codeOf = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof FoyerError ? error.code : String(error)),
    );

  test('a dead job is tried again with what it knew, and its attempts are counted from the beginning', async () => {
    const id = await dead();
    const unsubscribe = site.events.subscribe({ changed: (all) => void changes.push(...all), missed: () => undefined });
    await administration.retry(id, 'admin');
    unsubscribe();
    expect(await site.job(id)).toMatchObject({ status: 'waiting', stage: 'ready', tries: 0, attempts: 1, endedAt: null });
    expect({ announced, changes }).toEqual({ announced: [id], changes: [{ id, status: 'waiting' }] });
    expect(process.lines).toContainEqual(expect.objectContaining({ msg: 'a job is to be tried again', jobId: id, by: 'admin' }));
    expect(await site.workOff(process)).toEqual([id]);
    expect(handler.runs.at(-1)).toMatchObject({ id, payload: { email: 'anna@acme.example' } });
    expect(await site.job(id)).toMatchObject({ status: 'done', attempts: 2, payload: null });
    expect(await site.attempts(id)).toMatchObject([{ outcome: 'failed' }, { outcome: 'done' }]);
  });

  test('a dead job that is retried waits behind what waits for its person', async () => {
    const subjectId = newId();
    const id = await dead(subjectId);
    const send = await site.add(process, { subjectId, kind: kindOf('send') });
    await administration.retry(id, 'admin');
    expect(await site.job(id)).toMatchObject({ status: 'waiting', stage: 'behind' });
    expect(await site.workOff(process)).toEqual([send.id, id]);
    expect(await Promise.all([send.id, id].map((one) => site.statusOf(one)))).toEqual(['done', 'done']);
    expect((await site.subject(subjectId)).openJobs).toEqual([]);
  });

  test('what another identity provider said in between does not make up for a dead job', async () => {
    const subjectId = newId();
    const id = await dead(subjectId);
    const other = await site.add(process, { subjectId, identityProviderId: newId() });
    expect(await site.workOff(process)).toEqual([other.id]);
    await administration.retry(id, 'admin');
    expect(await site.workOff(process)).toEqual([id]);
    expect(await site.statusOf(id)).toBe('done');
  });

  test('a dead job that is retried and dies again counts as failing all the time', async () => {
    const subjectId = newId();
    const id = await dead(subjectId);
    await administration.retry(id, 'admin');
    expect(await site.subjects.openJobs(site.database.read, subjectId)).toMatchObject([{ id, failure: 'job.failed' }]);
    handler.script = failing;
    await site.workOff(process);
    expect(await site.subjects.openJobs(site.database.read, subjectId)).toMatchObject([{ id, dead: true, failure: 'job.failed' }]);
  });

  test('a job that waits for its time is due at once, and one in Redis is left where it is', async () => {
    const later = await site.add(process, { runAt: Date.now() + 3_600_000 });
    await administration.retry(later.id, 'admin');
    expect(announced).toEqual([later.id]);
    expect(await site.workOff(process)).toEqual([later.id]);
    const handed = await site.add(process);
    await site.database.transaction((tx) => tx.query("UPDATE jobs SET stage = 'handed', due_at = 99 WHERE id = ?", [handed.id]));
    await administration.retry(handed.id, 'admin');
    expect(await site.job(handed.id)).toMatchObject({ stage: 'handed', dueAt: 99 });
    expect(announced).toEqual([later.id]);
  });

  test('a job that waits or is dead is discarded with what it knew, and its handler writes that down', async () => {
    const [deadId, { id: waitingId }] = [
      await dead(),
      await site.add(process, { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }),
    ];
    for (const id of [deadId, waitingId]) {
      await administration.discard(id, 'admin');
      await site.database.transaction((tx) => tx.query("DELETE FROM job_leases WHERE name = 'discarded'"));
      expect(await site.job(id)).toMatchObject({ status: 'discarded', stage: 'ended', payload: null, code: 'job.discarded' });
    }
    expect(handler.told).toMatchObject([deadId, waitingId].map((id) => ({ id, by: 'admin', payload: { email: 'anna@acme.example' } })));
    expect(process.lines).toContainEqual(
      expect.objectContaining({ msg: 'a job was discarded', jobId: waitingId, traceId: 'a'.repeat(32), by: 'admin' }),
    );
    expect(await site.workOff(process)).toEqual([]);
    expect(handler.runs.map(({ id }) => id)).toEqual([deadId]);
  });

  test('discarding and what the handler writes are one', async () => {
    const id = await dead();
    handler.refuses = true;
    expect(await codeOf(administration.discard(id, 'admin'))).toBe('Error: no');
    expect(await site.job(id)).toMatchObject({ status: 'dead', payload: expect.any(String) });
    expect(await site.database.read.query("SELECT * FROM job_leases WHERE name = 'discarded'")).toEqual([]);
  });

  test('who waited behind a discarded job has their turn', async () => {
    const subjectId = newId();
    const { id } = await site.add(process, { subjectId });
    const send = await site.add(process, { subjectId, kind: kindOf('send') });
    await administration.discard(id, 'admin');
    expect(announced).toEqual([send.id]);
    expect(await site.workOff(process)).toEqual([send.id]);
    const again = await site.add(process, { subjectId });
    expect(await site.workOff(process)).toEqual([again.id]);
  });

  test('discarding the last of several leaves the first its turn', async () => {
    const subjectId = newId();
    const first = await site.add(process, { subjectId });
    const claimed = await site.claimOne(process);
    const second = await site.add(process, { subjectId, kind: kindOf('send') });
    await administration.discard(second.id, 'admin');
    expect(announced).toEqual([]);
    await process.runner.run(claimed);
    expect(await site.statusOf(first.id)).toBe('done');
    expect((await site.subject(subjectId)).openJobs).toEqual([]);
  });

  test('a job that nobody here can read can be discarded, and one of an unknown kind cannot', async () => {
    const [unreadable, foreign] = [await dead(), await site.add(process, { kind: kindOf('send') })];
    await administrationOf(process, randomBytes(32)).discard(unreadable, 'admin');
    expect(handler.told).toMatchObject([{ id: unreadable, payload: undefined }]);
    const older = administrationOf(site.process({ handlers: [handler] }));
    expect(await codeOf(older.discard(foreign.id, 'admin'))).toBe('job.kindUnknown');
    expect(await site.statusOf(foreign.id)).toBe('waiting');
  });

  test('a job that runs or has ended is left alone, and one that is none is not found', async () => {
    const { id } = await site.add(process);
    const claimed = await site.claimOne(process);
    expect(await codeOf(administration.retry(id, 'admin'))).toBe('job.running');
    expect(await codeOf(administration.discard(id, 'admin'))).toBe('job.running');
    await process.runner.run(claimed);
    expect(await codeOf(administration.retry(id, 'admin'))).toBe('job.ended');
    expect(await codeOf(administration.discard(id, 'admin'))).toBe('job.ended');
    expect(await codeOf(administration.retry(newId(), 'admin'))).toBe('job.notFound');
    expect(await codeOf(administration.discard(newId(), 'admin'))).toBe('job.notFound');
  });

  test('who says which version they saw changes no other', async () => {
    const id = await dead();
    const { version } = await site.job(id);
    await administration.retry(id, 'admin', precondition(`"${id}.${version}"`));
    expect(await codeOf(administration.discard(id, 'admin', precondition(`"${id}.${version}"`)))).toBe('version.stale');
    expect(await site.statusOf(id)).toBe('waiting');
  });

  test('of many who retry and discard one dead job at once, while workers claim, one wins at a time and nothing is done twice', async () => {
    for (let round = 0; round < 5; round += 1) {
      const subjectId = newId();
      const id = await dead(subjectId);
      const before = handler.runs.filter((run) => run.id === id).length;
      const workers = [process, site.process({ handlers: [handler, new ScriptedHandler('send')] })];
      const results = await Promise.all([
        ...Array.from({ length: 4 }, () => codeOf(administration.retry(id, 'admin'))),
        ...workers.map((worker) => site.workOff(worker).then(() => 'worked')),
        codeOf(administration.discard(id, 'admin')),
      ]);
      expect(results.filter((code) => !['done', 'worked', 'job.ended', 'job.running'].includes(code))).toEqual([]);
      await until('nothing waits', async () => (await site.workOff(process)).length === 0);
      const status = await site.statusOf(id);
      const runs = handler.runs.filter((run) => run.id === id).length - before;
      expect({ status, runs }).toEqual(status === 'done' ? { status, runs: 1 } : { status: 'discarded', runs: 0 });
      expect((await site.subject(subjectId)).openJobs).toEqual([]);
      await site.database.transaction((tx) => tx.query("DELETE FROM job_leases WHERE name = 'discarded'"));
    }
  });
});
