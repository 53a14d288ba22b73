import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProvisioningSite } from '../../../test/support/provisioning-site.js';
import { rolesSuite } from '../../../test/support/roles-suite.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-roles-'));
});
afterAll(() => rm(folder, { recursive: true }));

rolesSuite('roles on SQLite', () => ProvisioningSite.open(`sqlite:${join(folder, 'foyer.db')}`, `sqlite:${join(folder, 'corp.db')}`));
