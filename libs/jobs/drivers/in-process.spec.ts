import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId, type Database } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { testDatabase } from '../../../test/support/mariadb.js';
import { JobsSite, newJob, ScriptedHandler, until, type JobsProcess } from '../jobs-site.conformance.js';
import { InProcessDriver } from './in-process.js';

/** Counts what is asked of a database. */
const counting = (database: Database, asked: { times: number }): Database =>
  new Proxy(database, {
    get: (target, key) => {
      if (key === 'read') asked.times += 1;
      if (key === 'read') return target.read;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('on $title', ({ url }) => {
  let site: JobsSite;
  let handler: ScriptedHandler;
  let process: JobsProcess;
  let driver: InProcessDriver;
  const asked = { times: 0 };
  const concurrency = 4;
  beforeAll(async () => {
    site = await JobsSite.open(schema, await url());
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    await site.empty();
    handler = new ScriptedHandler();
    process = site.process({
      handlers: [handler],
      concurrency,
      driver: { announce: (ids, inMs) => driver.announce(ids, inMs) },
      database: counting(site.database, asked),
    });
    driver = new InProcessDriver(counting(site.database, asked), process.store, process.runner, process.handlers, 1_000, process.logger);
  });
  afterEach(() => driver.stop());

  const add = async (): Promise<string> => {
    const { id } = await site.add(process);
    process.outbox.announce([id]);
    return id;
  };

  test('a job that was announced is done at once, and one that nobody announced soon', async () => {
    await driver.start();
    const announced = await add();
    await until('it is done', async () => (await site.statusOf(announced)) === 'done');
    const { id } = await site.add(process);
    await until('the other one is done, too', async () => (await site.statusOf(id)) === 'done');
    expect(handler.runs.map((run) => run.id)).toEqual([announced, id]);
  });

  test('so many are done at the same time, and no more', async () => {
    const together: number[] = [];
    let running = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    handler.script = async () => {
      running += 1;
      together.push(running);
      await released;
      running -= 1;
    };
    const ids = await site.database.transaction(async (tx) => {
      const added: string[] = [];
      for (let count = 0; count < 20; count += 1) added.push((await process.outbox.add(tx, newJob())).id);
      return added;
    });
    await driver.start();
    await until('four run', () => running === concurrency);
    release();
    await until('all are done', async () => (await Promise.all(ids.map((id) => site.statusOf(id)))).every((status) => status === 'done'));
    expect(Math.max(...together)).toBe(concurrency);
  });

  test('what failed comes again when its time has come, and what comes after it for the same person follows', async () => {
    Object.assign(handler.retry, { baseDelayMs: 50, maxDelayMs: 50 });
    handler.script = async ({ job }) => {
      if (job.attempt === 1) throw new Error('the first time');
    };
    const subjectId = newId();
    const first = await site.add(process, { subjectId });
    await driver.start();
    await until('it is done', async () => (await site.statusOf(first.id)) === 'done');
    expect((await site.job(first.id)).attempts).toBe(2);
  });

  test('who has nothing to do asks less and less often', async () => {
    await driver.start();
    await until('it looked around', () => asked.times > 2);
    const before = asked.times;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    // At first after a quarter of a second, and each time after twice as long; two questions each time.
    expect(asked.times - before).toBeLessThanOrEqual(8);
  });

  test('an end of the process leaves nothing half done', async () => {
    handler.script = (run) => new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(new Error('stopping'))));
    await driver.start();
    const id = await add();
    await until('it runs', async () => (await site.statusOf(id)) === 'running');
    await driver.stop();
    expect(await site.job(id)).toMatchObject({ status: 'waiting', tries: 0, code: 'job.stopping' });
  });
});
