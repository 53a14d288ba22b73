import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProvisioningSite } from '../../test/support/provisioning-site.js';
import { justInTimeSuite } from '../../test/support/just-in-time-suite.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-just-in-time-'));
});
afterAll(() => rm(folder, { recursive: true }));

justInTimeSuite('SQLite', () => ProvisioningSite.open(`sqlite:${join(folder, 'foyer.db')}`, `sqlite:${join(folder, 'corp.db')}`));
