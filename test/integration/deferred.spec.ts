import { afterAll } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deferredRacesSuite } from '../support/deferred-races-suite.js';
import { deferredSuite } from '../support/deferred-suite.js';
import { testDatabase } from '../support/mariadb.js';
import { ProvisioningSite } from '../support/provisioning-site.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-deferred-'));
afterAll(() => rmSync(folder, { recursive: true }));

deferredSuite('SQLite', () => ProvisioningSite.open(`sqlite:${join(folder, 'foyer.db')}`, `sqlite:${join(folder, 'corp.db')}`));
deferredSuite('MariaDB', async () => ProvisioningSite.open((await testDatabase()).url, (await testDatabase()).url));
deferredRacesSuite('SQLite', () => ProvisioningSite.open(`sqlite:${join(folder, 'races.db')}`, `sqlite:${join(folder, 'races-corp.db')}`));
deferredRacesSuite('MariaDB', async () => ProvisioningSite.open((await testDatabase()).url, (await testDatabase()).url));
