import { testDatabase } from '../support/mariadb.js';
import { ProvisioningSite } from '../support/provisioning-site.js';
import { provisioningSuite } from '../support/provisioning-suite.js';

provisioningSuite('MariaDB', async () => {
  const [own, other] = [await testDatabase(), await testDatabase()];
  return ProvisioningSite.open(own.url, other.url);
});
