import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { CONSENT_REVOKER } from '@foyer/consent';
import { JournalModule } from '@foyer/journal';
import { PlanApplier } from './apply/apply.js';
import { AccountLinksModule } from './linking/account-links.module.js';
import { MatchedUsers } from './linking/matched-users.js';
import { OwnershipProofs } from './linking/ownership-proofs.js';
import { ConsentRevocation } from './personal/consent-revocation.js';
import { PersonalChanges } from './personal/personal-changes.js';
import { SelfAsserted } from './personal/self-asserted.js';
import { Provisioning } from './provisioning.js';
import { Snapshots } from './snapshots.js';

/** Provisioning and its parts, and the account links. */
@Module({})
export class ProvisioningModule {
  /** @param imports the modules that export what it builds on: user stores, consent, identity providers */
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: ProvisioningModule,
      imports: [...imports, JournalModule, AccountLinksModule],
      providers: [
        ...[MatchedUsers, OwnershipProofs, Snapshots, PlanApplier, Provisioning, PersonalChanges, SelfAsserted, ConsentRevocation],
        { provide: CONSENT_REVOKER, useExisting: ConsentRevocation },
      ],
      exports: [Snapshots, PlanApplier, Provisioning, SelfAsserted, CONSENT_REVOKER, AccountLinksModule],
    };
  }
}
