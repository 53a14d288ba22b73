import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProvisioningSite } from '../../test/support/provisioning-site.js';
import { provisioningSuite } from '../../test/support/provisioning-suite.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-provisioning-'));
});
afterAll(() => rm(folder, { recursive: true }));

provisioningSuite('SQLite', () => ProvisioningSite.open(`sqlite:${join(folder, 'foyer.db')}`, `sqlite:${join(folder, 'corp.db')}`));
