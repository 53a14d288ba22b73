import type { DiscardedJob } from '@foyer/jobs';
import type { JournalEntry } from '@foyer/journal';
import type { ProvisionPayload } from './provision-job.js';

/** What the journal tells of a job that an administrator discarded: what a login left to it was never done. */
export function discardedEntry(job: DiscardedJob<ProvisionPayload>, id: string, now: number): JournalEntry {
  const step = { type: 'skipProvisioning', reason: 'job.discarded', failed: false, jobId: job.id, by: job.by };
  return {
    id,
    loginId: job.loginId,
    identityProviderId: job.identityProviderId,
    identityProvider: job.identityProvider,
    subject: job.payload?.identity.subject ?? '',
    userId: job.subjectId,
    userStore: null,
    username: null,
    outcome: 'skip',
    code: 'job.discarded',
    plan: { outcome: 'skip', steps: [step] },
    before: null,
    after: null,
    durationMs: 0,
    createdAt: now,
  };
}
