import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { ApplicationConsents } from './applications/application-consents.js';
import { ConsentExport } from './export/consent-export.js';
import { ConsentPurposesController } from './purposes/consent-purposes.controller.js';
import { ConsentPurposes } from './purposes/consent-purposes.js';
import { ConsentPurposesSection } from './purposes/consent-purposes.section.js';
import { Notices } from './purposes/notices.js';
import { ConsentBurial } from './receipts/consent-burial.js';
import { ReceiptDocuments } from './receipts/receipt-documents.js';
import { ReceiptRevocationController } from './receipts/receipt-revocation.controller.js';
import { ReceiptRevocation } from './receipts/receipt-revocation.js';
import { ReceiptsController } from './receipts/receipts.controller.js';
import { Receipts } from './receipts/receipts.js';

const shared = [ConsentPurposesSection, ConsentPurposes, Receipts, ReceiptDocuments, ApplicationConsents, ConsentExport, ConsentBurial];

/** Purposes, receipts, and what applications were granted: what logins and jobs build on. */
@Module({ providers: [Notices, ...shared], exports: shared })
export class ConsentModule {}

/** The admin API for purposes and receipts. */
@Module({ imports: [ConsentModule], controllers: [ConsentPurposesController, ReceiptsController] })
export class ConsentAdministrationModule {}

/** Taking consent back. A module of its own, because those who change accounts build on `ConsentModule` themselves. */
@Module({})
export class ConsentRevocationModule {
  /** @param imports the modules that export `CONSENT_REVOKER` */
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: ConsentRevocationModule,
      imports: [ConsentModule, ...imports],
      controllers: [ReceiptRevocationController],
      providers: [ReceiptRevocation],
      exports: [ReceiptRevocation],
    };
  }
}
