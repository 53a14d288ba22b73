import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Metrics, newId } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { testDatabase } from '../../../test/support/mariadb.js';
import { JobsSite, kindOf, ScriptedHandler } from '../jobs-site.conformance.js';
import { JobDepths } from '../store/job-depth.js';
import { JobDepthMetrics } from './job-depth-metrics.js';

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('on $title', ({ url }) => {
  let site: JobsSite;
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
  });
  afterAll(() => site.close());

  test('jobs that have not ended are counted by what they wait for', async () => {
    const failing = new ScriptedHandler('provision', async () => {
      throw new RangeError('makes no sense');
    });
    const process = site.process({ handlers: [failing, new ScriptedHandler('send')] });
    const depths = new JobDepths(site.database);
    const none = { worker: 0, time: 0, turn: 0, lane: 0 };
    expect(await depths.read()).toEqual({ waiting: none, running: 0, dead: 0, oldestWaitingMs: undefined });
    await site.add(process);
    await site.workOff(process);
    const subjectId = newId();
    const first = await site.add(process, { subjectId });
    await site.claimOne(process);
    await site.add(process, { subjectId, kind: kindOf('send') });
    const later = await site.add(process, { runAt: Date.now() + 3_600_000 });
    const [handed, parked] = [await site.add(process), await site.add(process)];
    await site.add(process);
    await site.database.transaction(async (tx) => {
      await tx.query("UPDATE jobs SET stage = 'handed' WHERE id = ?", [handed.id]);
      await tx.query("UPDATE jobs SET stage = 'parked' WHERE id = ?", [parked.id]);
      await tx.query('UPDATE jobs SET created_at = created_at - 90000 WHERE id = ?', [later.id]);
      await tx.query('UPDATE jobs SET created_at = 0 WHERE id = ?', [first.id]);
    });
    const { oldestWaitingMs, ...counts } = await depths.read();
    expect(counts).toEqual({ waiting: { worker: 2, time: 1, turn: 1, lane: 1 }, running: 1, dead: 1 });
    expect(Math.floor((oldestWaitingMs ?? 0) / 60_000)).toBe(1);

    const metrics = new Metrics();
    const counting = new JobDepthMetrics(depths, process.logger, metrics);
    expect(counting).toBeDefined();
    const { body } = await metrics.text();
    expect(body).toContain('foyer_jobs{status="waiting",waits_for="worker"} 2');
    expect(body).toContain('foyer_jobs{status="waiting",waits_for="lane"} 1');
    expect(body).toContain('foyer_jobs{status="running",waits_for=""} 1');
    expect(body).toContain('foyer_jobs{status="dead",waits_for=""} 1');
    expect(body).toMatch(/^foyer_jobs_oldest_waiting_seconds \d\d/m);
  });

  test('however often somebody asks, the database is asked once in a while, and what cannot be counted is missing', async () => {
    const { logger, lines } = site.process();
    let asked = 0;
    let isAway = false;
    const metrics = new Metrics();
    const read = async () => {
      asked += 1;
      if (isAway) throw new Error('away');
      return new JobDepths(site.database).read();
    };
    const counting = new JobDepthMetrics({ read }, logger, metrics);
    expect(counting).toBeDefined();
    for (let scrape = 0; scrape < 20; scrape += 1) await metrics.text();
    expect(asked).toBe(1);
    isAway = true;
    const other = new Metrics();
    expect(new JobDepthMetrics({ read }, logger, other)).toBeDefined();
    expect((await other.text()).body).not.toMatch(/^foyer_jobs/m);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', msg: expect.stringContaining('could not be counted') }));
  });
});
