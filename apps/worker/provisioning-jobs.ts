import { ConsentModule } from '@foyer/consent';
import { IdentityProvidersModule } from '@foyer/identity-providers';
import { ProvisioningModule, ProvisionJobHandler } from '@foyer/provisioning';
import { UserStoresModule } from '@foyer/userstores';
import type { WorkerJobs } from './worker.module.js';

/** What a worker of Foyer does: provisioning, with all that it builds on. */
export const provisioningJobs = (): WorkerJobs => ({
  imports: [ProvisioningModule.forRoot([UserStoresModule, ConsentModule, IdentityProvidersModule])],
  handlers: [ProvisionJobHandler],
});
