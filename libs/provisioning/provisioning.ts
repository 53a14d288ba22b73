import { Inject, Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { CLOCK, FoyerError, LOGGER, newId, type Clock, type Logger } from '@foyer/platform';
import { PlanApplier } from './apply/apply.js';
import { journalOutcome } from './apply/journal-entry.js';
import { plan } from './plan/plan.js';
import { isAsk, stepOf, type ProvisioningPlan } from './plan/plan-steps.js';
import { OwnershipProofs } from './linking/ownership-proofs.js';
import type { OwnershipProof, Snapshot, StoreFailure } from './plan/snapshot.js';
import type { ProvisionInput, ProvisionResult } from './provision.js';
import { ProvisioningOutcomes } from './provisioning-outcomes.js';
import { Snapshots } from './snapshots.js';

/** How often a login plans again because another one was faster, before it is told to come back: each time, that other one got further. */
const maxAttempts = 12;

/** What a login asks for: snapshot, plan, apply; and again from the start when somebody else was faster. */
@Injectable()
export class Provisioning {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly applier: PlanApplier,
    private readonly proofs: OwnershipProofs,
    private readonly outcomes: ProvisioningOutcomes,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Decides and does what happens to the account of the person who just logged in at an identity provider, and writes the journal. While the person
   * has to be asked something, nothing is written.
   * @throws FoyerError `provisioning.contended` (unavailable) when the account is changed by others all the time
   */
  async provision(input: ProvisionInput): Promise<ProvisionResult> {
    const { loginId, traceparent, identity, identityProvider } = input;
    const said = { identity, settingsVersion: identityProvider.version };
    const occasion = { loginId, startedAt: this.clock.now(), ...(traceparent !== undefined && { traceparent }) };
    let failure: StoreFailure | undefined;
    let ownership: OwnershipProof | undefined;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { snapshot, cause } = await this.snapshots.load({ ...input, during: 'login', ...(ownership && { ownership }) }, failure);
      if (cause) this.warn(input, cause);
      const decided = this.plan(input, snapshot);
      const claimed = ownership ? undefined : this.claimedOwnership(decided, input);
      if (claimed) {
        ownership = await claimed;
        continue;
      }
      if (decided.outcome === 'prompt') return { kind: 'prompt', asks: decided.steps.filter(isAsk) };
      const applied = await this.applier.apply(decided, occasion, { ...input.answers, said });
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

  private plan({ identity, identityProvider, answers, loginId, language = 'en' }: ProvisionInput, snapshot: Snapshot): ProvisioningPlan {
    const given = { identity, identityProvider, snapshot, during: 'login' as const, ...(answers && { answers }) };
    return plan({ ...given, loginId, language, now: this.clock.now(), newId });
  }

  /** Checks the password by which the person proves that an account is theirs, if the plan waits for it and the request brought one. */
  private claimedOwnership(decided: ProvisioningPlan, input: ProvisionInput): Promise<OwnershipProof> | undefined {
    const ask = stepOf(decided, 'askOwnership');
    const { ownershipUsername: username, ownershipPassword: password } = input.answers ?? {};
    if (!ask || password === undefined) return undefined;
    const { identity, identityProvider, address = '' } = input;
    return this.proofs.check(ask, { identity, identityProvider, ...(username !== undefined && { username }), password, address });
  }

  private finish(decided: ProvisioningPlan): ProvisionResult {
    const outcome = journalOutcome(decided);
    this.outcomes.count(decided);
    return resultOf(decided, outcome === 'admit' ? 'admit' : 'skip');
  }

  private warn({ loginId, identityProvider }: ProvisionInput, error: FoyerError): void {
    this.logger.warn({ loginId, identityProvider: identityProvider.name, code: error.code, err: error }, 'A user store failed');
  }
}

/** What the login goes on with after a plan was applied. */
function resultOf(decided: ProvisioningPlan, withoutAccount: 'skip' | 'admit'): ProvisionResult {
  const { outcome, subject, account, knownAs, mapped } = decided;
  if (outcome === 'deny' || outcome === 'prompt' || subject === null) {
    const denial = stepOf(decided, 'deny');
    return {
      kind: 'denied',
      code: denial?.reason ?? 'provisioning.denied',
      reason: denial?.message ?? '',
      ...(knownAs && { userId: knownAs.userId }),
    };
  }
  if (outcome === 'skip' || !account) return { kind: 'claims', subject, outcome: withoutAccount, mapped };
  const { userStore, username } = account;
  const deferred = stepOf(decided, 'queueJob') !== undefined;
  return { kind: 'account', subject, outcome, userStore, username, mapped, ...(deferred && { deferred }) };
}
