import { afterAll } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deferredSuite } from '../support/deferred-suite.js';
import { testDatabase } from '../support/mariadb.js';
import { ProvisioningSite } from '../support/provisioning-site.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-deferred-'));
afterAll(() => rmSync(folder, { recursive: true }));

deferredSuite('SQLite', () => ProvisioningSite.open(`sqlite:${join(folder, 'foyer.db')}`, `sqlite:${join(folder, 'corp.db')}`));
deferredSuite('MariaDB', async () => ProvisioningSite.open((await testDatabase()).url, (await testDatabase()).url));
