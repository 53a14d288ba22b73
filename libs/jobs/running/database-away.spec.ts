import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { schema } from '../../../ormconfig.js';
import { DurableMariadb } from '../../../test/support/durable-mariadb.js';
import { JobsSite, ScriptedHandler, until, type JobsProcess } from '../jobs-site.conformance.js';

const leaseMs = 30_000;

let mariadb: DurableMariadb;
let site: JobsSite;

beforeAll(async () => {
  mariadb = await DurableMariadb.start('foyer');
  site = await JobsSite.open(schema, mariadb.url);
}, 60_000);
afterAll(async () => {
  await site.close();
  await mariadb.close();
});

const says =
  ({ lines }: JobsProcess, text: string) =>
  (): boolean =>
    lines.some(({ msg }) => String(msg).includes(text));

test('how an attempt ended is written down when the database is back, and not only when the lease has run out', async () => {
  const handler = new ScriptedHandler('provision', async () => {
    await mariadb.kill();
    throw new Error('the database is away');
  });
  const process = site.process({ handlers: [handler], leaseMs });
  const { id } = await site.add(process);
  const running = process.runner.run(await site.claimOne(process));
  await until('it could not be written down', says(process, 'could not be written down; trying again'));
  await mariadb.startAgain();
  const began = performance.now();
  await running;
  expect(performance.now() - began).toBeLessThan(leaseMs / 3);
  expect(await site.job(id)).toMatchObject({ status: 'waiting', tries: 1, attempts: 1 });
  expect(await site.attempts(id)).toMatchObject([{ outcome: 'failed' }]);
}, 90_000);

test('a worker that is to end while the database is away does not wait for it', async () => {
  const handler = new ScriptedHandler('provision', async () => {
    await mariadb.kill();
    throw new Error('the database is away');
  });
  const process = site.process({ handlers: [handler], leaseMs });
  await site.add(process);
  const running = process.runner.run(await site.claimOne(process));
  await until('it could not be written down', says(process, 'could not be written down; trying again'));
  const began = performance.now();
  await process.runner.stop(100);
  await running;
  expect(performance.now() - began).toBeLessThan(leaseMs / 3);
  await mariadb.startAgain();
}, 90_000);
