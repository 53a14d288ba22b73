import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Database } from '@foyer/platform';
import { schema } from '../../ormconfig.js';
import { build, outputOf } from '../../scripts/build.mjs';
import { testDatabase } from '../support/mariadb.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-migrations-'));
let processes: ChildProcess[];

beforeAll(async () => {
  if (!build()) throw new Error('The build failed');
  const program = join(import.meta.dirname, '../support/migrating.mjs');
  const modules = pathToFileURL(`${outputOf('modules')}/`).href;
  processes = Array.from({ length: 3 }, () => fork(program, [modules], { execArgv: [] }));
  await Promise.all(processes.map((child) => once(child, 'message')));
});

afterAll(() => {
  for (const child of processes) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function migrateAtOnce(url: string): Promise<unknown[]> {
  const answers = processes.map((child) => once(child, 'message'));
  for (const child of processes) child.send(url);
  return (await Promise.all(answers)).map(([answer]: unknown[]) => answer);
}

test.each<[string, number, (round: number) => Promise<string>]>([
  ['SQLite', 20, async (round) => `sqlite:${join(folder, `${round}.db`)}`],
  ['MariaDB', 3, async () => (await testDatabase()).url],
])('processes that start at once on a new database bring it up to date one after the other: %s', async (_, rounds, freshUrl) => {
  for (let round = 0; round < rounds; round += 1) {
    const url = await freshUrl(round);
    const answers = await migrateAtOnce(url);
    const all = expect.arrayContaining([expect.stringMatching(/^Users/)]);
    expect(answers).toEqual(expect.arrayContaining([{ ran: all }, { ran: [] }, { ran: [] }]));
    const database = await Database.connect(url, schema);
    expect(await database.migrate()).toEqual([]);
    expect(await database.schemaDifferences()).toEqual([]);
    await database.close();
  }
});
