import type { Transaction } from '@foyer/platform';
import type { UserLifecycle } from '@foyer/userstores';
import { Injectable } from '@nestjs/common';
import { ApplicationConsents } from '../applications/application-consents.js';
import { Receipts } from './receipts.js';

/** Removes what a user consented to with the user, in the same transaction. */
@Injectable()
export class ConsentBurial implements UserLifecycle {
  constructor(
    private readonly receipts: Receipts,
    private readonly applications: ApplicationConsents,
  ) {}

  async removed(tx: Transaction, userId: string): Promise<void> {
    await this.receipts.forget(tx, userId);
    await this.applications.forget(tx, userId);
  }

  /** Consent outlives a while without access. */
  async disabled(): Promise<void> {}
}
