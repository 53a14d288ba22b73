import { testDatabase } from '../support/mariadb.js';
import { usersSuite } from '../support/users-suite.js';

usersSuite('users on SQLite', () => Promise.resolve({}));
usersSuite('users on MariaDB', async () => ({ FOYER_DATABASE_URL: (await testDatabase()).url }));
