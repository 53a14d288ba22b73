import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, Database, newId } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { LoginLog } from './login-log.js';
import { LoginRetention } from './login-retention.js';

const dayMs = 86_400_000;
const now = 1_760_000_000_000;
const logger = createLogger({ logLevel: 'silent' });
let folder: string;
let database: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-logins-'));
  database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, schema);
  await database.migrate();
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

test('logins that are older than the setting go, a batch at a time, the others stay', async () => {
  const login = (startedAt: number) => ({
    ...{
      id: newId(),
      application: 'intranet',
      identityProvider: 'acme',
      outcome: 'answered' as const,
      code: null,
      step: null,
      detail: null,
    },
    ...{ subject: null, userId: null, address: null, startedAt, finishedAt: startedAt, durationMs: 0 },
  });
  const kept = login(now - 30 * dayMs);
  await new LoginLog(database, logger).write([kept, ...Array.from({ length: 501 }, () => login(now - 30 * dayMs - 1))]);
  const retention = new LoginRetention(database, { loginDays: 30 }, { now: () => now }, logger);
  expect(await retention.removeOld()).toBe(true);
  expect(await retention.removeOld()).toBe(false);
  expect(await database.read.query('SELECT id FROM logins')).toEqual([{ id: kept.id }]);
});
