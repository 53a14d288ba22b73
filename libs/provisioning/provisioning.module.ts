import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { CONSENT_REVOKER } from '@foyer/consent';
import { JobsModule } from '@foyer/jobs';
import { JournalModule } from '@foyer/journal';
import { PlanApplier } from './apply/apply.js';
import { Deferrals } from './deferred/deferrals.js';
import { OpenJobs } from './deferred/open-jobs.js';
import { ProvisionJobHandler } from './deferred/provision-job.handler.js';
import { AccountLinksModule } from './linking/account-links.module.js';
import { MatchedUsers } from './linking/matched-users.js';
import { OwnershipProofs } from './linking/ownership-proofs.js';
import { ConsentRevocation } from './personal/consent-revocation.js';
import { PersonalChanges } from './personal/personal-changes.js';
import { SelfAsserted } from './personal/self-asserted.js';
import { ProvisioningOutcomes } from './provisioning-outcomes.js';
import { Provisioning } from './provisioning.js';
import { Snapshots } from './snapshots.js';

/** Provisioning and its parts, and the account links. */
@Module({})
export class ProvisioningModule {
  /** @param imports the modules that export what it builds on: user stores, consent, identity providers */
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: ProvisioningModule,
      imports: [...imports, JobsModule, JournalModule, AccountLinksModule],
      providers: [
        ...[MatchedUsers, OwnershipProofs, OpenJobs, Deferrals, Snapshots, PlanApplier, ProvisioningOutcomes, Provisioning],
        ...[ProvisionJobHandler, PersonalChanges, SelfAsserted, ConsentRevocation],
        { provide: CONSENT_REVOKER, useExisting: ConsentRevocation },
      ],
      exports: [Snapshots, PlanApplier, Provisioning, ProvisionJobHandler, OpenJobs, SelfAsserted, CONSENT_REVOKER, AccountLinksModule],
    };
  }
}
