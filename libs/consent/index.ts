/**
 * consent: what people are asked before attributes about them are kept or sent on: purposes (a section of the settings), receipts of what they
 * decided, and what they agreed that applications learn. `weighConsent` says what still has to be asked and what may be kept. It shows no pages
 * (login) and changes no account (provisioning).
 */
export {
  builtInPurposeName,
  builtInPurposeTexts,
  type BuiltInPurpose,
  type ConfiguredPurpose,
  type ConsentingProvider,
  type ConsentPurpose,
  type PurposeAttribute,
  type TextByLanguage,
} from './purposes/purpose.js';
export {
  weighConsent,
  type AskedAttribute,
  type AskedPurpose,
  type ConsentAnswer,
  type ConsentInput,
  type WeighedConsent,
} from './weighing/weigh-consent.js';
export { withheldAttributes, type StandingConsent } from './weighing/withheld-attributes.js';
export { ConsentPurposes } from './purposes/consent-purposes.js';
export { ConsentPurposeDto } from './purposes/consent-purpose.dto.js';
export { ConsentPurposeRow } from './purposes/consent-purpose.row.js';
export { ConsentPurposesSection } from './purposes/consent-purposes.section.js';
export type { ConsentPurposeSettings } from './purposes/settings.js';
export { NoticeRow } from './purposes/notice.row.js';
export { Notices } from './purposes/notices.js';
export type { ConsentDecision, ConsentReceipt, CurrentReceipt, NewConsentReceipt } from './receipts/receipt.js';
export { Receipts } from './receipts/receipts.js';
export { ConsentReceiptRow } from './receipts/receipt.row.js';
export { CONSENT_REVOKER, type ConsentRevoker, type RevokedBy } from './receipts/revoker.js';
export { ApplicationConsents, type ApplicationConsent, type NewApplicationConsent } from './applications/application-consents.js';
export { ApplicationConsentRow } from './applications/application-consent.row.js';
export { ConsentBurial } from './receipts/consent-burial.js';
export { ReceiptRevocation } from './receipts/receipt-revocation.js';
export { ReceiptDocuments } from './receipts/receipt-documents.js';
export { ConsentExport, type ExportedApplicationConsent, type ExportedConsent } from './export/consent-export.js';
export { ConsentAdministrationModule, ConsentModule, ConsentRevocationModule } from './consent.module.js';
