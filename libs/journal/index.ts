/**
 * journal: what was done to accounts, one entry per provisioning: storage, queries, the read-only admin API. It decides nothing.
 */
export type { JournalEntry } from './entry.js';
export { Journal } from './journal.js';
export { JournalEntryRow } from './journal-entry-row.js';
export { ownEntries } from './own-entries.js';
export { JournalAdministrationModule, JournalModule } from './journal.module.js';
