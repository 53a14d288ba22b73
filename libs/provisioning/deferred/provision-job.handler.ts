import { Inject, Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { configuredIssuer, IdentityProviders, type IdentityProvider } from '@foyer/identity-providers';
import type { DiscardedJob, JobHandler, JobRun } from '@foyer/jobs';
import { Journal } from '@foyer/journal';
import { CLOCK, Database, FoyerError, newId, type Clock, type Transaction } from '@foyer/platform';
import { PlanApplier } from '../apply/apply.js';
import { plan } from '../plan/plan.js';
import { stepOf, type ProvisioningPlan } from '../plan/plan-steps.js';
import { ProvisioningOutcomes } from '../provisioning-outcomes.js';
import { Snapshots } from '../snapshots.js';
import { notedPlan } from './noted-plan.js';
import { provisionJobDiscarding } from './provision-job-discarding.js';
import { provisionJob, type ProvisionPayload } from './provision-job.js';

/** How often a job plans again within one attempt because somebody else changed the account meanwhile. */
const maxPlans = 12;

/** Does what logins with `jit.mode: nonBlocking` left to be done: plans again, now with what the store says, and applies. */
@Injectable()
export class ProvisionJobHandler implements JobHandler<ProvisionPayload> {
  readonly kind = provisionJob;
  /** About five hours until a job is given up. */
  readonly retry = { maxAttempts: 30, baseDelayMs: 1_000, maxDelayMs: 1_800_000 };

  constructor(
    private readonly database: Database,
    private readonly snapshots: Snapshots,
    private readonly applier: PlanApplier,
    private readonly journal: Journal,
    private readonly outcomes: ProvisioningOutcomes,
    @Inject(IdentityProviders) private readonly identityProviders: Pick<IdentityProviders, 'byId'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(run: JobRun<ProvisionPayload>): Promise<void> {
    const startedAt = this.clock.now();
    const provider = this.provider(run);
    for (let attempt = 1; attempt <= maxPlans; attempt += 1) {
      const decided = await this.decide(run, provider);
      if (!decided) return;
      const applied = await this.applier.apply(decided, { loginId: run.job.loginId, startedAt }, {}, run);
      if (applied.status === 'applied') return this.outcomes.count(decided);
      if (applied.status === 'failed') throw applied.cause;
      await setTimeout(Math.random() * Math.min(2 ** attempt, 32));
    }
    throw new FoyerError('unavailable', 'provisioning.contended', 'The account is being changed by others.');
  }

  /** What no later attempt will see otherwise: a rule that denies. A store may come back, and be made writable. */
  isFinal(error: unknown): boolean {
    return error instanceof FoyerError && error.kind !== 'unavailable' && !error.code.startsWith('store.');
  }

  async discarded(tx: Transaction, job: DiscardedJob<ProvisionPayload>): Promise<void> {
    await provisionJobDiscarding(this.journal, this.clock).discarded(tx, job);
  }

  /** @returns undefined when the job has nothing to say any more: it has ended */
  private async decide(run: JobRun<ProvisionPayload>, identityProvider: IdentityProvider): Promise<ProvisioningPlan | undefined> {
    const { identity } = run.payload;
    const { snapshot, cause } = await this.snapshots.load({ identity, identityProvider, during: 'job' });
    // The person was deleted or unlinked: their id does not come back.
    if (snapshot.user?.id !== run.job.subjectId) {
      await this.database.transaction((tx) => run.supersede(tx));
      return undefined;
    }
    const given = { identity, identityProvider, snapshot, during: 'job' as const, loginId: run.job.loginId ?? '', language: 'en' };
    const decided = plan({ ...given, now: this.clock.now(), newId });
    run.note(notedPlan(decided));
    if (cause) throw cause;
    const denial = stepOf(decided, 'deny');
    // What a login takes away from whom it denies is written down as by the login itself.
    if (denial && !decided.account) throw new FoyerError('forbidden', denial.reason, denial.message);
    return decided;
  }

  /**
   * As the login knew it, or newer. What is said of it here may be a moment old, and is another issuer's word once it is somebody else: nothing of that
   * is final before it has been tried often.
   */
  private provider({ job, payload: { identity, settingsVersion = 0 } }: JobRun<ProvisionPayload>): IdentityProvider {
    const provider = this.identityProviders.byId(job.identityProviderId);
    if (!provider || provider.version < settingsVersion)
      throw new FoyerError(
        'unavailable',
        'identityProvider.unknown',
        'The identity provider was deleted, or its settings are not known here yet.',
      );
    if (configuredIssuer(provider) === identity.issuer) return provider;
    const message = 'The identity provider has another issuer than the one whose word the login left to this job.';
    throw new FoyerError('unavailable', 'identityProvider.otherIssuer', message);
  }
}
