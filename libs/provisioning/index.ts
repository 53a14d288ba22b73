/**
 * provisioning: what happens to an account when an external identity arrives. `plan()` decides, purely; `apply()` does, idempotently, and writes
 * the journal. Owns account links. It knows no protocol and no browser.
 */
export type { ProvisionInput, ProvisionResult } from './provision.js';
