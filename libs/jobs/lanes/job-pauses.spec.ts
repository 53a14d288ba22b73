import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, places, precondition, type Transaction } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { testDatabase } from '../../../test/support/mariadb.js';
import { JobsSite, kindOf, newJob, type JobsProcess } from '../jobs-site.conformance.js';
import { JobAnnouncements } from '../outbox/job-announcements.js';
import { jobPriorities } from '../outbox/new-job.js';
import { JobPauses, versionOf } from './job-pauses.js';
import { ParkedJobs } from './parked-jobs.js';

const kinds = [kindOf('provision')];
const lane = 'idp:acme';

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('on $title', ({ url }) => {
  let site: JobsSite;
  let process: JobsProcess;
  let pauses: JobPauses;
  let parked: ParkedJobs;
  const announced: string[] = [];
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    await site.empty();
    await site.database.transaction((tx) => tx.query('DELETE FROM job_resumes'));
    process = site.process();
    ({ pauses, parked } = partsOf(process));
    announced.length = 0;
  });

  const partsOf = ({ logger }: JobsProcess): { pauses: JobPauses; parked: ParkedJobs } => {
    const announcements = new JobAnnouncements();
    announcements.onAnnounced((ids) => void announced.push(...ids));
    const freeing = new ParkedJobs(site.database, announcements, logger);
    const known = { has: async (name: string) => ['idp:acme', 'idp:other'].includes(name) };
    return { pauses: new JobPauses(site.database, freeing, known, logger), parked: freeing };
  };
  const claim = (limit = 10) => process.store.claim(process.runner.worker, { kinds, limit });
  const stages = async (): Promise<Record<string, number>> => {
    const rows: { stage: string; count: number }[] = await site.database.read.query(
      'SELECT stage, COUNT(*) AS count FROM jobs GROUP BY stage',
    );
    return Object.fromEntries(rows.map(({ stage, count }) => [stage, Number(count)]));
  };
  const addMany = (count: number): Promise<string[]> =>
    site.database.transaction(async (tx) => {
      const ids: string[] = [];
      const priorities = Object.values(jobPriorities);
      for (let added = 0; added < count; added += 1) {
        const priority = priorities[added % priorities.length] ?? 0;
        ids.push((await process.outbox.add(tx, newJob({ priority, ...(added % 7 === 0 && { runAt: 1_000 }) }))).id);
      }
      return ids;
    });
  /** @returns how many jobs had been put aside, when they have been freed */
  const resume = async (): Promise<number> => (await pauses.resume(lane, 'admin')).freed;
  const resumes = (): Promise<unknown[]> => site.database.read.query('SELECT * FROM job_resumes');

  test('jobs of a paused lane wait, those of others and those that run go on, and all wake when it is resumed', async () => {
    const running = await site.add(process);
    const claimed = await site.claimOne(process);
    await pauses.pause(lane, 'admin');
    const [waiting, other] = [await site.add(process), await site.add(process, { identityProvider: 'other' })];
    expect((await claim()).map(({ id }) => id)).toEqual([other.id]);
    await process.runner.run(claimed);
    expect(await site.statusOf(running.id)).toBe('done');
    expect(await site.job(waiting.id)).toMatchObject({ status: 'waiting', stage: 'parked' });
    expect(await resume()).toBe(1);
    expect(announced).toEqual([waiting.id]);
    expect((await claim()).map(({ id }) => id)).toEqual([waiting.id]);
    const by = { lane, by: 'admin' };
    expect(process.lines).toContainEqual(expect.objectContaining({ msg: 'a lane of jobs was paused', ...by }));
    expect(process.lines).toContainEqual(expect.objectContaining({ msg: 'a lane of jobs was resumed', ...by }));
  });

  test('a lane that nothing has, one that is paused and one that is not are told as such', async () => {
    await expect(pauses.pause('idp:nobody', 'admin')).rejects.toMatchObject({ code: 'input.invalid', faults: [{ path: 'lane' }] });
    await expect(pauses.resume(lane, 'admin')).rejects.toMatchObject({ code: 'lane.notPaused' });
    await expect(pauses.get(lane)).rejects.toMatchObject({ code: 'lane.notPaused' });
    await pauses.pause(lane, 'x'.repeat(300));
    await expect(pauses.pause(lane, 'admin')).rejects.toMatchObject({ code: 'lane.paused' });
    expect(await pauses.get(lane)).toMatchObject({ lane, pausedBy: 'x'.repeat(255) });
    expect([...(await pauses.among(['idp:other', lane]))]).toEqual([lane]);
  });

  test('who resumes a pause that they saw resumes no other', async () => {
    await pauses.pause(lane, 'admin');
    const { id, version } = versionOf(await pauses.get(lane));
    const stale = precondition(`"${id}.${version - 1}"`);
    await expect(pauses.resume(lane, 'admin', stale)).rejects.toMatchObject({ code: 'version.stale' });
    await (
      await pauses.resume(lane, 'admin', precondition(`"${id}.${version}"`))
    ).freed;
    expect(await resumes()).toEqual([]);
  });

  test('thousands of jobs that were put aside are freed, whatever their priority and time', async () => {
    const ids = await addMany(2_300);
    const others = await site.add(process, { identityProvider: 'other' });
    await pauses.pause(lane, 'admin');
    await pauses.pause('idp:other', 'admin');
    expect(await claim(1)).toEqual([]);
    while ((await stages())['ready'] !== undefined) await claim(1);
    expect(await resume()).toBe(2_300);
    expect(await stages()).toEqual({ ready: 2_300, parked: 1 });
    expect([...announced].sort()).toEqual([...ids].sort());
    expect(await site.job(others.id)).toMatchObject({ stage: 'parked' });
  });

  /** As a process leaves it that ends between the end of the pause and the first job that it frees. */
  const resumeAndDie = (startedAt: number): Promise<void> =>
    site.database.transaction(async (tx: Transaction) => {
      await tx.query('DELETE FROM job_pauses WHERE lane = ?', [lane]);
      await tx.query(`INSERT INTO job_resumes (lane, started_at) VALUES (${places([1, 2])})`, [lane, startedAt]);
    });

  test('what a process that ended has not freed is freed by another one, later', async () => {
    const { id } = await site.add(process);
    await pauses.pause(lane, 'admin');
    await claim();
    await resumeAndDie(Date.now());
    await parked.freeForgotten();
    expect(await site.job(id)).toMatchObject({ stage: 'parked' });
    await site.database.transaction((tx) => tx.query('UPDATE job_resumes SET started_at = 0'));
    await parked.freeForgotten();
    expect(await site.job(id)).toMatchObject({ stage: 'ready' });
    expect(await resumes()).toEqual([]);
  });

  test('a process that stops leaves to others what it has not freed', async () => {
    await addMany(1_200);
    await pauses.pause(lane, 'admin');
    while ((await stages())['ready'] !== undefined) await claim(1);
    const { freed } = await pauses.resume(lane, 'admin');
    await parked.onApplicationShutdown();
    const count = await freed;
    expect(count).toBeLessThan(1_200);
    expect(await stages()).toMatchObject({ parked: 1_200 - count });
    await site.database.transaction((tx) => tx.query('UPDATE job_resumes SET started_at = 0'));
    await partsOf(process).parked.freeForgotten();
    expect(await stages()).toEqual({ ready: 1_200 });
  });

  test('a lane that is paused again while it is being freed stays paused', async () => {
    const { id } = await site.add(process);
    await pauses.pause(lane, 'admin');
    await claim();
    await resumeAndDie(0);
    await pauses.pause(lane, 'admin');
    expect(await parked.free(lane)).toBe(0);
    expect(await site.job(id)).toMatchObject({ stage: 'parked' });
  });

  test('workers that put jobs aside while the lane is resumed leave none behind', async () => {
    for (let round = 0; round < 5; round += 1) {
      await site.empty();
      await addMany(300);
      await pauses.pause(lane, newId());
      const workers = await Promise.all(
        [1, 2, 3].map(async () => site.process({ database: await site.connect() }).store.claim(newId(), { kinds, limit: 300 })),
      );
      const [freed, ...late] = await Promise.all([
        resume(),
        ...[1, 2].map(async () => site.process({ database: await site.connect() }).store.claim(newId(), { kinds, limit: 300 })),
      ]);
      expect(freed).toBeGreaterThanOrEqual(0);
      const taken = [...workers, ...late].flat().length;
      const { ready = 0, parked: left = 0 } = await stages();
      expect({ left, all: ready + taken }).toEqual({ left: 0, all: 300 });
    }
  });
});
