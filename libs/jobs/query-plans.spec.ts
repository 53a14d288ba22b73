import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listPage, newId, places, systemClock, Vault, type Transaction } from '@foyer/platform';
import { schema } from '../../ormconfig.js';
import { testDatabase } from '../../test/support/mariadb.js';
import { QueryLog, type PlanStep } from '../../test/support/query-log.js';
import { JobAdministration } from './administration/job-administration.js';
import { jobsList } from './administration/jobs-list.js';
import { JobsSite, kindOf, ScriptedHandler, type JobsProcess } from './jobs-site.conformance.js';
import { ParkedJobs } from './lanes/parked-jobs.js';
import { JobAnnouncements } from './outbox/job-announcements.js';
import { JobMetrics } from './running/job-metrics.js';
import { dueJobs, nextDueIn } from './store/due-jobs.js';
import { JobDepths } from './store/job-depth.js';
import { JobRetention } from './upkeep/job-retention.js';
import { JobSweeper } from './upkeep/job-sweeper.js';

const waiting = 100_000;
const atOnce = 1_000;
const subjectOf = (index: number): string => `01a00000-0000-7000-8000-${String(index).padStart(12, '0')}`;
const idOf = (index: number): string => `01a00000-0000-7000-9000-${String(index).padStart(12, '0')}`;

/** Jobs that wait, of as many people; every tenth has ended long ago. */
async function populate(tx: Transaction): Promise<void> {
  const columns =
    'id, kind, subject_id, sequence, lane, identity_provider_id, identity_provider, login_id, priority, status, stage, due_at, payload, attempts, tries, fence, version, created_at, ended_at';
  for (let first = 0; first < waiting; first += atOnce) {
    const indexes = Array.from({ length: atOnce }, (_, offset) => first + offset);
    const jobs = indexes.map((index) => {
      const ended = index % 10 === 0;
      const where = [idOf(index), 'provision', subjectOf(index), 1, 'idp:acme', idOf(0), 'acme', idOf(index), index % 3];
      return [
        ...where,
        ended ? 'done' : 'waiting',
        ended ? 'ended' : 'ready',
        index,
        ended ? null : 'sealed',
        0,
        0,
        0,
        1,
        index,
        ended ? 1 : null,
      ];
    });
    await tx.query(`INSERT INTO jobs (${columns}) VALUES ${jobs.map((row) => `(${places(row)})`).join(', ')}`, jobs.flat());
    const attempts = indexes.filter((index) => index % 10 === 0).map((index) => [idOf(index), 1, 'worker', 'done', 0, 1]);
    const attempted = 'job_id, number, worker, outcome, started_at, ended_at';
    await tx.query(
      `INSERT INTO job_attempts (${attempted}) VALUES ${attempts.map((row) => `(${places(row)})`).join(', ')}`,
      attempts.flat(),
    );
    const subjects = indexes.map((index) => [subjectOf(index), 1, 0, JSON.stringify([{ id: idOf(index), kind: 'provision' }])]);
    await tx.query(`INSERT INTO job_subjects VALUES ${subjects.map((row) => `(${places(row)})`).join(', ')}`, subjects.flat());
  }
}

describe.each([
  { title: 'SQLite', statistics: false, url: async () => undefined },
  { title: 'SQLite after ANALYZE', statistics: true, url: async () => undefined },
  { title: 'MariaDB', statistics: true, url: async () => (await testDatabase()).url },
])('on $title with 100,000 jobs', ({ statistics, url }) => {
  let site: JobsSite;
  let process: JobsProcess;
  let log: QueryLog;
  let next = 1;
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
    process = site.process({ handlers: [new ScriptedHandler(), new ScriptedHandler('send')] });
    await site.database.transaction(populate);
    await site.database.transaction(async (tx) => {
      if (statistics) await tx.query(site.database.dialect === 'mysql' ? 'ANALYZE TABLE jobs, job_attempts, job_subjects' : 'ANALYZE');
    });
    const sources = await site.database.transaction(async (tx) => [tx.dataSource, site.database.read.dataSource]);
    log = new QueryLog(site.database, sources);
  }, 120_000);
  afterAll(() => site.close());

  /** How the database finds what `work` asks for. */
  const stepsOf = async (work: () => Promise<unknown>): Promise<PlanStep[]> => {
    const statements = await log.during(work);
    return (await Promise.all(statements.map((statement) => log.explain(statement)))).flat();
  };
  const expectSearches = async (work: () => Promise<unknown>): Promise<void> => {
    const steps = await stepsOf(work);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.filter(({ access }) => access !== 'search').map(({ text }) => text)).toEqual([]);
  };
  /** A job of a person who has none yet. */
  const subjectId = (): string => newId();
  const claim = () => site.claimOne(process);
  const sweeper = (): JobSweeper =>
    new JobSweeper(
      site.database,
      process.endings,
      process.handlers,
      new JobMetrics(process.metrics),
      { announce: () => undefined },
      site.events,
      process.logger,
    );

  test('adding a first job, one behind another, and one that replaces another', async () => {
    await expectSearches(() => site.add(process, { subjectId: subjectId() }));
    await expectSearches(() => site.add(process, { subjectId: subjectOf(next), kind: kindOf('send') }));
    await expectSearches(() => site.add(process, { subjectId: subjectOf(next) }));
  });

  test('claiming the most urgent jobs, and jobs by their ids, changes them by their ids alone', async () => {
    const steps = await stepsOf(() => process.store.claim(process.runner.worker, { kinds: [kindOf('provision')], limit: 50 }));
    const more = await stepsOf(() =>
      process.store.claimThese(process.runner.worker, [idOf(21), idOf(22), idOf(23)], [kindOf('provision')]),
    );
    const all = [...steps, ...more];
    expect(all.filter(({ access }) => access !== 'search').map(({ text }) => text)).toEqual([]);
    const changes = all.filter(({ text }) => text.includes('| UPDATE jobs'));
    expect(changes.length).toBeGreaterThan(1);
    // A change by another index would lock what it looks at, and logins would wait for it.
    expect(changes.filter(({ text }) => !/PRIMARY|sqlite_autoindex_jobs_1/.test(text)).map(({ text }) => text)).toEqual([]);
  });

  test('doing a job, failing at it, giving it back, and holding it', async () => {
    next += 10;
    const job = await claim();
    await expectSearches(() => site.database.transaction((tx) => process.store.guard(tx, job)));
    await expectSearches(() => process.store.heartbeat(job));
    await expectSearches(() => site.database.transaction((tx) => process.endings.end(tx, [{ job, outcome: 'done' }])));
    const again = { inMs: 0, counts: true };
    const [failing, dying] = [await claim(), await claim()];
    await expectSearches(() => site.database.transaction((tx) => process.endings.end(tx, [{ job: failing, outcome: 'failed', again }])));
    await expectSearches(() => site.database.transaction((tx) => process.endings.end(tx, [{ job: dying, outcome: 'failed' }])));
  });

  test('a change that overtakes a person', async () => {
    await expectSearches(() => site.database.transaction((tx) => site.subjects.overtake(tx, subjectOf(71))));
    await expectSearches(() => site.subjects.openJobs(site.database.read, subjectOf(72)));
  });

  test('looking for what is due, and for when', async () => {
    await expectSearches(() => dueJobs(site.database.read, 500));
    await stepsOf(() => nextDueIn(site.database.read)).then((steps) => expect(steps.filter(({ access }) => access === 'scan')).toEqual([]));
  });

  test('sweeping and removing', async () => {
    const job = await claim();
    await site.makeDue(job.id);
    await site.database.transaction((tx) => tx.query("UPDATE jobs SET stage = 'handed', due_at = 0 WHERE id = ?", [idOf(91)]));
    await expectSearches(() => sweeper().sweep());
    const retention = new JobRetention(site.database, { jobHours: 24 }, systemClock, process.logger);
    await expectSearches(() => retention.removeOld());
  });

  test('pausing', async () => {
    await site.database.transaction((tx) => tx.query("INSERT INTO job_pauses VALUES ('idp:acme', 0, 'admin')"));
    await expectSearches(() => process.store.claimThese(process.runner.worker, [idOf(31), idOf(32)], [kindOf('provision')]));
  });

  const listed = async (query: Readonly<Record<string, string>>): Promise<readonly PlanStep[]> =>
    stepsOf(async () => expect((await listPage(site.database.read, jobsList, query)).items).not.toEqual([]));
  const accesses = (steps: readonly PlanStep[], allowed: readonly string[]): string[] =>
    steps.filter(({ access }) => !allowed.includes(access)).map(({ text }) => text);

  test.each<Record<string, string>>([
    { userId: subjectOf(41) },
    { loginId: idOf(41) },
    { status: 'done' },
    { status: 'done', sort: 'createdAt', kind: 'provision', identityProvider: 'acme' },
    { userId: subjectOf(90_040), status: 'done' },
  ])('a list by %j reads no rows but those that it shows', async (query) => {
    expect(accesses(await listed(query), ['search', 'sort'])).toEqual([]);
  });

  test.each<Record<string, string>>([{}, { sort: 'createdAt' }, { identityProvider: 'acme' }, { kind: 'provision', createdFrom: '100' }])(
    'a list by %j walks through an index',
    async (query) => {
      expect(accesses(await listed(query), ['search', 'walk'])).toEqual([]);
    },
  );

  test('a list does not read what jobs know', async () => {
    const steps = await listed({ status: 'waiting', sort: 'createdAt' });
    const shown = steps.filter(({ text }) => /AS `?"?row_lane/.test(text));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter(({ text }) => /\.[`"]?payload[`"]?\s/.test(text))).toEqual([]);
  });

  test('counting, from indexes alone', async () => {
    const depths = new JobDepths(site.database);
    const steps = await stepsOf(async () => expect((await depths.read()).waiting.worker).toBeGreaterThan(80_000));
    expect(accesses(steps, ['search', 'sort'])).toEqual([]);
    expect(steps.filter(({ text }) => !/ix_jobs_|sort|TEMP|null|Select tables optimized away/i.test(text)).map(({ text }) => text)).toEqual(
      [],
    );
  });

  test('retrying, discarding, and resuming a lane', async () => {
    const announcements = new JobAnnouncements();
    const { handlers, logger } = process;
    await site.database.transaction((tx) => tx.query('DELETE FROM job_pauses'));
    const vault = new Vault(site.secretKey);
    const administration = new JobAdministration(site.database, site.subjects, handlers, vault, announcements, site.events, logger);
    await expectSearches(() => administration.retry(idOf(80_051), 'admin'));
    const job = await claim();
    await site.database.transaction((tx) => process.endings.end(tx, [{ job, outcome: 'failed' }]));
    await expectSearches(() => administration.retry(job.id, 'admin'));
    await expectSearches(() => administration.discard(job.id, 'admin'));
    await site.database.transaction(async (tx) => {
      await tx.query("UPDATE jobs SET stage = 'parked' WHERE id = ?", [idOf(80_052)]);
      await tx.query("INSERT INTO job_resumes (lane, started_at) VALUES ('idp:acme', 0)");
    });
    await expectSearches(async () =>
      expect(await new ParkedJobs(site.database, announcements, logger).free('idp:acme')).toBeGreaterThan(0),
    );
  });
});
