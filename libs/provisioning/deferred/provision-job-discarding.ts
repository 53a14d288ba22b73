import type { DiscardedJob, DiscardingHandler } from '@foyer/jobs';
import type { Journal } from '@foyer/journal';
import { newId, type Clock, type Transaction } from '@foyer/platform';
import { discardedEntry } from './discarded-entry.js';
import { provisionJob, type ProvisionPayload } from './provision-job.js';

/** Writes down that a job was discarded: as its handler does, and for a command, which has none. */
export const provisionJobDiscarding = (journal: Journal, clock: Clock): Required<DiscardingHandler> => ({
  kind: provisionJob,
  discarded: (tx: Transaction, job: DiscardedJob<ProvisionPayload>) => journal.append(tx, discardedEntry(job, newId(), clock.now())),
});
