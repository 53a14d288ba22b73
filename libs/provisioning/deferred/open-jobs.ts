import { Injectable } from '@nestjs/common';
import { JobSubjects } from '@foyer/jobs';
import { Database } from '@foyer/platform';
import type { AccountLink } from '../linking/account-link.js';
import { isDenialReason } from '../plan/reasons.js';
import type { OpenWork, StoreFailure } from '../plan/snapshot.js';
import { provisionJob } from './provision-job.js';

/** What earlier logins of an identity left to jobs and is not done. */
@Injectable()
export class OpenJobs {
  constructor(
    private readonly database: Database,
    private readonly subjects: JobSubjects,
  ) {}

  async of({ userId, identityProviderId }: Pick<AccountLink, 'userId' | 'identityProviderId'>): Promise<OpenWork> {
    const open = await this.subjects.openJobs(this.database.read, userId);
    const own = open.filter((job) => job.kind === provisionJob.name && job.identityProviderId === identityProviderId);
    const failure = own.find((job) => job.failure !== undefined)?.failure;
    const loginId = own.at(-1)?.loginId;
    return {
      open: own.length > 0,
      ...(loginId !== undefined && { loginId }),
      ...(failure !== undefined && { failure: failureOf(failure) }),
    };
  }
}

/** Failures that `onFailure: admit` passes over, as when a login waits for the store. */
const passable: readonly string[] = ['store.unavailable', 'store.readOnly'];

const failureOf = (code: string): StoreFailure => ({
  code: isDenialReason(code) ? code : 'store.failed',
  message: `What an earlier login left to a job was given up (${code}); the job's attempts say why.`,
  passable: passable.includes(code),
});
