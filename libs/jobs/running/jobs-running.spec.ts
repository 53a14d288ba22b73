import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SettingsRevision } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import type { JobDriver } from '../drivers/driver.js';
import { JobsSite, until } from '../jobs-site.conformance.js';
import { JobAnnouncements } from '../outbox/job-announcements.js';
import { JobsRunning } from './jobs-running.js';

let site: JobsSite;
beforeAll(async () => {
  site = await JobsSite.open(schema);
});
afterAll(() => site.close());

/** Brings nothing to anybody, and remembers what it was told. */
class SilentDriver implements JobDriver {
  readonly told: string[] = [];

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  announce(ids: readonly string[]): void {
    this.told.push(...ids);
  }
}

test('what a command has freed is looked for when it says that it has changed something, and no longer than the process runs', async () => {
  const process = site.process();
  const [driver, revision] = [new SilentDriver(), new SettingsRevision(site.database, process.logger)];
  await revision.start();
  const running = new JobsRunning(driver, new JobAnnouncements(), process.store, revision, process.logger);
  await running.start();
  const { id } = await site.add(process);
  await site.add(process, { runAt: Date.now() + 3_600_000 });
  // As a process of its own counts it up.
  await site.database.transaction((tx) => revision.bump(tx));
  await until('the driver is told', () => driver.told.length > 0);
  expect(driver.told).toEqual([id]);
  await running.beforeApplicationShutdown();
  await revision.change(async () => undefined);
  await revision.stop();
  expect(driver.told).toEqual([id]);
});
