import { testDatabase } from '../support/mariadb.js';
import { userAccessSuite } from '../support/user-access-suite.js';

userAccessSuite('access to users on SQLite', () => Promise.resolve({}));
userAccessSuite('access to users on MariaDB', async () => ({ FOYER_DATABASE_URL: (await testDatabase()).url }));
