import { Injectable } from '@nestjs/common';
import { Metrics } from '@foyer/platform';
import { journalOutcome } from './apply/journal-entry.js';
import type { ProvisioningPlan } from './plan/plan-steps.js';

/** Counts what became of external identities, at logins and by jobs. */
@Injectable()
export class ProvisioningOutcomes {
  private readonly counter;

  constructor(metrics: Metrics) {
    this.counter = metrics.counter('provisioning_total', 'External identities that were provisioned, by outcome.', ['idp', 'outcome']);
  }

  count(plan: ProvisioningPlan): void {
    this.counter.inc({ idp: plan.person.identityProvider, outcome: journalOutcome(plan) });
  }
}
