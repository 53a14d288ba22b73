import { Injectable } from '@nestjs/common';
import { JobSubjects } from '@foyer/jobs';
import type { Transaction } from '@foyer/platform';
import type { UserLifecycle } from '@foyer/userstores';

/** What an administrator does to a user says more than what logins before it left to jobs: those write nothing any more. */
@Injectable()
export class JobOvertaking implements UserLifecycle {
  constructor(private readonly subjects: JobSubjects) {}

  changing(tx: Transaction, userId: string): Promise<void> {
    return this.subjects.overtake(tx, userId);
  }

  async removed(): Promise<void> {}

  async disabled(): Promise<void> {}
}
