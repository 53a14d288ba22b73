import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { JournalModule } from '@foyer/journal';
import { PlanApplier } from './apply/apply.js';
import { AccountLinksModule } from './linking/account-links.module.js';
import { MatchedUsers } from './linking/matched-users.js';
import { OwnershipProofs } from './linking/ownership-proofs.js';
import { Provisioning } from './provisioning.js';
import { Snapshots } from './snapshots.js';

/** Provisioning and its parts, and the account links. */
@Module({})
export class ProvisioningModule {
  /** @param imports the modules that export the user stores: `USER_REGISTRY`, `USER_STORE_DIRECTORY` */
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: ProvisioningModule,
      imports: [...imports, JournalModule, AccountLinksModule],
      providers: [MatchedUsers, OwnershipProofs, Snapshots, PlanApplier, Provisioning],
      exports: [Snapshots, PlanApplier, Provisioning, AccountLinksModule],
    };
  }
}
