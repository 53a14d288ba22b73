import { testDatabase } from '../support/mariadb.js';
import { justInTimeSuite } from '../support/just-in-time-suite.js';
import { ProvisioningSite } from '../support/provisioning-site.js';

justInTimeSuite('MariaDB', async () => {
  const [own, other] = [await testDatabase(), await testDatabase()];
  return ProvisioningSite.open(own.url, other.url);
});
