import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Database } from './database.js';
import { SettingsRevision1764000000000 } from './migrations/settings-revision.js';
import { createLogger } from '../observability/logger.js';
import { SettingsRevision, SettingsRevisionRow } from './settings-revision.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-revision-'));
const url = `sqlite:${join(folder, 'foyer.db')}`;
const schema = { entities: [SettingsRevisionRow], migrations: [SettingsRevision1764000000000] };
const quiet = createLogger({ logLevel: 'silent' });
let here: Database;
let there: Database;
const started: SettingsRevision[] = [];

beforeAll(async () => {
  here = await Database.connect(url, schema);
  await here.migrate();
  // Another connection to the same file, as another process has it.
  there = await Database.connect(url, schema);
});
afterEach(async () => {
  for (const revision of started.splice(0)) await revision.stop();
});
afterAll(async () => {
  await here.close();
  await there.close();
  rmSync(folder, { recursive: true, force: true });
});

async function follow(database: Database): Promise<{ revision: SettingsRevision; calls: () => number; next: () => Promise<void> }> {
  const revision = new SettingsRevision(database, quiet);
  await revision.start();
  started.push(revision);
  let calls = 0;
  let told: () => void = () => undefined;
  let next = new Promise<void>((resolve) => (told = resolve));
  revision.onChange(() => {
    calls += 1;
    told();
    next = new Promise<void>((resolve) => (told = resolve));
  });
  return { revision, calls: () => calls, next: () => next };
}

test('the writing process has taken a change over when change() returns; another one follows within a second', async () => {
  const writer = await follow(here);
  const other = await follow(there);
  const followed = other.next();
  const began = performance.now();
  await writer.revision.change(async () => undefined);
  expect(writer.calls()).toBe(1);
  await followed;
  expect(performance.now() - began).toBeLessThan(1000);
  expect(other.calls()).toBe(1);
});

test('a change that is rolled back is no change', async () => {
  const writer = await follow(here);
  const failing = writer.revision.change(async () => {
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  await writer.revision.refresh();
  expect(writer.calls()).toBe(0);
});

test('a listener that fails is called again until it succeeds', async () => {
  const { revision } = await follow(here);
  let calls = 0;
  const succeeded = new Promise<void>((resolve) => {
    revision.onChange(() => {
      calls += 1;
      if (calls === 1) throw new Error('not now');
      resolve();
    });
  });
  await revision.change(async () => undefined);
  await succeeded;
  expect(calls).toBe(2);
});

test('after stop() nothing is read any more', async () => {
  const { revision, calls } = await follow(here);
  await revision.stop();
  const other = new SettingsRevision(there, quiet);
  await other.change(async () => undefined);
  expect(calls()).toBe(0);
});
