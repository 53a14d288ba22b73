import { testDatabase } from '../support/mariadb.js';
import { ProvisioningSite } from '../support/provisioning-site.js';
import { rolesSuite } from '../support/roles-suite.js';

rolesSuite('roles on MariaDB', async () => {
  const [own, other] = [await testDatabase(), await testDatabase()];
  return ProvisioningSite.open(own.url, other.url);
});
