import { Inject, Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { CLOCK, FoyerError, LOGGER, Metrics, newId, type Clock, type Logger } from '@foyer/platform';
import { PlanApplier } from './apply/apply.js';
import { journalOutcome } from './apply/journal-entry.js';
import { plan } from './plan/plan.js';
import { stepOf, type ProvisioningPlan } from './plan/plan-steps.js';
import type { StoreFailure } from './plan/snapshot.js';
import type { ProvisionInput, ProvisionResult } from './provision.js';
import { Snapshots } from './snapshots.js';

/** How often a login plans again because another one was faster, before it is told to come back: each time, that other one got further. */
const maxAttempts = 12;

/** What a login asks for: snapshot, plan, apply; and again from the start when somebody else was faster. */
@Injectable()
export class Provisioning {
  private readonly outcomes;

  constructor(
    private readonly snapshots: Snapshots,
    private readonly applier: PlanApplier,
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.outcomes = metrics.counter('provisioning_total', 'External identities that were provisioned, by outcome.', ['idp', 'outcome']);
  }

  /**
   * Decides and does what happens to the account of the person who just logged in at an identity provider, and writes the journal.
   * @throws FoyerError `provisioning.contended` (unavailable) when the account is changed by others all the time
   */
  async provision(input: ProvisionInput): Promise<ProvisionResult> {
    const occasion = { loginId: input.loginId, startedAt: this.clock.now() };
    let failure: StoreFailure | undefined;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { snapshot, cause } = await this.snapshots.load(input, failure);
      if (cause) this.warn(input, cause);
      const { identity, identityProvider } = input;
      const decided = plan({ identity, identityProvider, snapshot, now: this.clock.now(), newId });
      const applied = await this.applier.apply(decided, occasion);
      if (applied.status === 'applied') return this.finish(decided);
      if (applied.status === 'failed') {
        this.warn(input, applied.cause);
        failure = applied.failure;
      } else {
        await setTimeout(Math.random() * Math.min(2 ** attempt, 32));
      }
    }
    throw new FoyerError('unavailable', 'provisioning.contended', 'The account is being changed by others. Please try again.', {
      retryAfter: 1,
    });
  }

  private finish(decided: ProvisioningPlan): ProvisionResult {
    const outcome = journalOutcome(decided);
    this.outcomes.inc({ idp: decided.person.identityProvider, outcome });
    return resultOf(decided, outcome === 'admit' ? 'admit' : 'skip');
  }

  private warn({ loginId, identityProvider }: ProvisionInput, error: FoyerError): void {
    this.logger.warn({ loginId, identityProvider: identityProvider.name, code: error.code, err: error }, 'A user store failed');
  }
}

/** What the login goes on with after a plan was applied. */
function resultOf(decided: ProvisioningPlan, withoutAccount: 'skip' | 'admit'): ProvisionResult {
  const { outcome, subject, account, attributes } = decided;
  if (outcome === 'deny' || subject === null) {
    const denial = stepOf(decided, 'deny');
    return { kind: 'denied', code: denial?.reason ?? 'provisioning.denied', reason: denial?.message ?? '' };
  }
  if (outcome === 'skip' || !account) return { kind: 'claims', subject, outcome: withoutAccount, attributes };
  return { kind: 'account', subject, outcome, userStore: account.userStore, username: account.username };
}
