import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, type Database, type Transaction } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { testDatabase } from '../../../test/support/mariadb.js';
import { JobsSite, kindOf, newJob, ScriptedHandler, type JobsProcess } from '../jobs-site.conformance.js';
import { nextDueIn } from './due-jobs.js';

const kinds = [kindOf('provision')];

/** Counts transactions that had to be tried again, because of a deadlock. */
const counting = (database: Database, retries: { count: number }): Database =>
  new Proxy(database, {
    get: (target, key) => {
      if (key === 'read') return target.read;
      if (key !== 'transaction') return Reflect.get(target, key, target) as unknown;
      return (work: (tx: Transaction) => Promise<unknown>) => {
        let tries = 0;
        return target.transaction((tx) => {
          if (tries > 0) retries.count += 1;
          tries += 1;
          return work(tx);
        });
      };
    },
  });

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('on $title', ({ url }) => {
  let site: JobsSite;
  let process: JobsProcess;
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    await site.empty();
    process = site.process();
  });

  const addMany = (count: number): Promise<string[]> =>
    site.database.transaction(async (tx) => {
      const ids: string[] = [];
      for (let added = 0; added < count; added += 1) ids.push((await process.outbox.add(tx, newJob())).id);
      return ids;
    });

  test('two workers that claim at once never get the same job', async () => {
    const ids = await addMany(2);
    const other = site.process();
    const claims = await Promise.all([process, other].map(({ store, runner }) => store.claim(runner.worker, { kinds, limit: 2 })));
    const claimed = claims.flat().map(({ id }) => id);
    expect([...claimed].sort()).toEqual([...ids].sort());
  });

  test('eight workers take 400 jobs at once, each exactly once, of each person one at a time', async () => {
    const subjects = Array.from({ length: 40 }, () => newId());
    const busy = new Set<string>();
    const runs: string[] = [];
    let overlaps = 0;
    const handler = new ScriptedHandler('provision', async ({ job }) => {
      if (busy.has(job.subjectId)) overlaps += 1;
      busy.add(job.subjectId);
      runs.push(job.id);
      await new Promise(setImmediate);
      busy.delete(job.subjectId);
    });
    const retries = { count: 0 };
    const workers = await Promise.all(
      Array.from({ length: 8 }, async () => site.process({ handlers: [handler], database: counting(await site.connect(), retries) })),
    );
    let adding = true;
    const added: string[] = [];
    const add = async (): Promise<void> => {
      for (let count = 0; count < 400; count += 1) {
        const subjectId = subjects[count % 40];
        if (subjectId) added.push((await site.add(process, { subjectId })).id);
      }
      adding = false;
    };
    const work = async ({ store, runner }: JobsProcess): Promise<void> => {
      for (let found = 1; adding || found > 0;) {
        const claimed = await store.claim(runner.worker, { kinds, limit: 5 });
        found = claimed.length;
        await Promise.all(claimed.map((job) => runner.run(job)));
      }
    };
    await Promise.all([add(), ...workers.map(work)]);
    const statuses: { status: string; count: number }[] = await site.database.read.query(
      'SELECT status, COUNT(*) AS count FROM jobs GROUP BY status',
    );
    const counts = Object.fromEntries(statuses.map(({ status, count }) => [status, Number(count)]));
    expect(Object.keys(counts).filter((status) => !['done', 'superseded'].includes(status))).toEqual([]);
    expect(counts['done']).toBe(runs.length);
    expect(new Set(runs).size).toBe(runs.length);
    expect(overlaps).toBe(0);
    const open: unknown[] = await site.database.read.query(
      "SELECT subject_id FROM job_subjects WHERE open_jobs <> '[]' OR issued <> applied",
    );
    expect(open).toEqual([]);
    expect(workers.flatMap(({ lines }) => lines.filter(({ level }) => level === 'error'))).toEqual([]);
    // Nobody was in anybody's way.
    expect(retries.count).toBe(0);
  }, 60_000);

  test('leases are by the clock of the database, whatever a machine thinks that it is', async () => {
    const realNow = Date.now;
    const { id } = (await addMany(1)).map((added) => ({ id: added }))[0] ?? { id: '' };
    try {
      Date.now = () => realNow() + 600_000;
      const claimed = await site.claimOne(process);
      const { dueAt, startedAt } = await site.job(id);
      expect(Math.abs(claimed.startedAt - realNow())).toBeLessThan(30_000);
      expect(dueAt - (startedAt ?? 0)).toBe(30_000);
      Date.now = () => realNow() - 600_000;
      expect(await process.store.heartbeat(claimed)).toBe(true);
      expect(Math.abs((await site.job(id)).dueAt - 30_000 - realNow())).toBeLessThan(30_000);
    } finally {
      Date.now = realNow;
    }
  });

  test('who waits knows how long', async () => {
    expect(await nextDueIn(site.database.read)).toBeUndefined();
    await site.add(process, { runAt: Date.now() + 60_000 });
    expect(await nextDueIn(site.database.read)).toBeGreaterThan(50_000);
    await site.add(process);
    expect(await nextDueIn(site.database.read)).toBeLessThanOrEqual(0);
  });

  test('jobs of a paused lane are put aside, however many there are, and those of others go on', async () => {
    await addMany(600);
    const other = await site.add(process, { identityProvider: 'other' });
    await site.database.transaction((tx) => tx.query("INSERT INTO job_pauses VALUES ('idp:acme', 0, 'admin')"));
    const claimed = await process.store.claim(process.runner.worker, { kinds, limit: 3 });
    expect(claimed.map(({ id }) => id)).toEqual([other.id]);
    const [row]: { parked: number }[] = await site.database.read.query("SELECT COUNT(*) AS parked FROM jobs WHERE stage = 'parked'");
    expect(Number(row?.parked)).toBe(600);
    const [, parked] = await Promise.all([site.add(process), site.add(process, { identityProvider: 'acme' })]);
    expect(await process.store.claimThese(process.runner.worker, [parked.id], kinds)).toEqual([]);
  });

  test('kinds that a worker does not know are left to others', async () => {
    await addMany(1);
    expect(await process.store.claim(process.runner.worker, { kinds: [kindOf('send')], limit: 1 })).toEqual([]);
  });
});
