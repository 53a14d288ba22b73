/**
 * provisioning: what happens to an account when an external identity arrives. `plan()` decides, purely; `apply()` does, idempotently, and writes
 * the journal. Owns account links. It knows no protocol and no browser.
 *
 * The three parts can be used one by one: `Snapshots` reads, `plan` decides, `PlanApplier` does; `Provisioning` is what a login calls.
 */
export { AccountLink, type LinkStatus } from './linking/account-link.js';
export { AccountLinks } from './linking/account-links.js';
export { AccountLinksModule } from './linking/account-links.module.js';
export { MatchedUsers } from './linking/matched-users.js';
export { OwnershipProofs } from './linking/ownership-proofs.js';
export { LinkBurial, LinksOfUsers, type LeadingLink } from './linking/links-of-users.js';
export type { Applied } from './apply/applied.js';
export { PlanApplier } from './apply/apply.js';
export type { Occasion } from './apply/journal-entry.js';
export { plan } from './plan/plan.js';
export { denialIn } from './plan/explain.js';
export { denialAdvice, isDenialReason, type DenialReason } from './plan/reasons.js';
export type { PlanInput } from './plan/plan-input.js';
export type { Answers } from './plan/answers.js';
export { wantedAttributes, type WantedAttributes } from './plan/mapped-attributes.js';
export type {
  Ask,
  AskConsent,
  AskOwnership,
  AskPassword,
  AskUsername,
  MappedPerson,
  PlannedAccount,
  PlanStep,
  ProvisioningPlan,
} from './plan/plan-steps.js';
export type { Snapshot, StoreFailure, StoreView } from './plan/snapshot.js';
export { Deferrals } from './deferred/deferrals.js';
export { OpenJobs } from './deferred/open-jobs.js';
export { ProvisionJobHandler } from './deferred/provision-job.handler.js';
export { provisionJobDiscarding } from './deferred/provision-job-discarding.js';
export { JobOvertaking } from './deferred/job-overtaking.js';
export { ConsentRevocation } from './personal/consent-revocation.js';
export { PersonalChanges } from './personal/personal-changes.js';
export { SelfAsserted } from './personal/self-asserted.js';
export type { ProvisionInput, ProvisionResult } from './provision.js';
export { Provisioning } from './provisioning.js';
export { ProvisioningOutcomes } from './provisioning-outcomes.js';
export { ProvisioningModule } from './provisioning.module.js';
export { Snapshots } from './snapshots.js';
