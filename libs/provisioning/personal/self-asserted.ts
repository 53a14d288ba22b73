import { Injectable } from '@nestjs/common';
import type { Attributes } from '@foyer/platform';
import { planSelfAsserted } from '../plan/personal-changes.js';
import { PersonalChanges } from './personal-changes.js';

/** Keeps what people say about themselves, with the origin `self`: it never feeds linking, roles or the choice of a store. */
@Injectable()
export class SelfAsserted {
  constructor(private readonly changes: PersonalChanges) {}

  /**
   * Sets attributes, with an entry in the journal. One that has a value already, whoever set it, stays as it is; setting the same twice changes
   * nothing.
   * @throws FoyerError `store.readOnly`, or of kind `unavailable`, when the store does not take them
   */
  async assert({
    userId,
    attributes,
    loginId,
  }: {
    readonly userId: string;
    readonly attributes: Attributes;
    readonly loginId: string;
  }): Promise<void> {
    await this.changes.change({ userId, loginId }, async (change) => planSelfAsserted(change, attributes));
  }
}
