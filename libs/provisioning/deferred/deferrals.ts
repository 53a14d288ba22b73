import { Injectable } from '@nestjs/common';
import { JobKinds, jobPriorities, JobSubjects, Outbox, type NewJob } from '@foyer/jobs';
import { FoyerError, traceparentOfLogin, type Transaction } from '@foyer/platform';
import type { Occasion } from '../apply/journal-entry.js';
import type { Person, ProvisioningPlan, QueueJob } from '../plan/plan-steps.js';
import { provisionJob, type ProvisionPayload } from './provision-job.js';

/** Leaves provisioning to jobs. */
@Injectable()
export class Deferrals {
  constructor(
    private readonly outbox: Outbox,
    private readonly subjects: JobSubjects,
    kinds: JobKinds,
  ) {
    kinds.declare(provisionJob);
  }

  jobOf(
    { person }: ProvisioningPlan,
    { userId, first }: QueueJob,
    payload: ProvisionPayload,
    { loginId, traceparent }: Occasion,
  ): NewJob<ProvisionPayload> {
    return {
      kind: provisionJob,
      subjectId: userId,
      identityProviderId: person.identityProviderId,
      identityProvider: person.identityProvider,
      loginId,
      priority: first ? jobPriorities.firstLogin : jobPriorities.login,
      payload,
      ...(loginId !== null && { traceparent: traceparentOfLogin(loginId, traceparent) }),
    };
  }

  /** The first call of its transaction. @throws FoyerError `claim.tooLarge` when the claims are more than a job can keep */
  async add(tx: Transaction, job: NewJob<ProvisionPayload>): Promise<{ readonly id: string }> {
    try {
      return await this.outbox.add(tx, job);
    } catch (error) {
      if (!(error instanceof FoyerError && error.code === 'job.payloadTooLarge')) throw error;
      throw new FoyerError(
        'invalid',
        'claim.tooLarge',
        'The claims of this login are more than a job can keep, and jit.mode is "nonBlocking".',
        {
          cause: error,
        },
      );
    }
  }

  /** After the commit. */
  announce(id: string): void {
    this.outbox.announce([id]);
  }

  /** What earlier logins at this identity provider left to jobs has been done. */
  supersede(tx: Transaction, { identityProviderId }: Person, userId: string): Promise<void> {
    return this.subjects.supersede(tx, userId, { kind: provisionJob.name, identityProviderId });
  }
}
