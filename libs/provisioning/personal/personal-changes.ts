import { Inject, Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { CLOCK, Database, FoyerError, newId, type Clock } from '@foyer/platform';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type UserRegistry, type UserStoreDirectory } from '@foyer/userstores';
import { PlanApplier } from '../apply/apply.js';
import { AccountLinks } from '../linking/account-links.js';
import type { PersonalChange } from '../plan/personal-changes.js';
import type { Person, ProvisioningPlan } from '../plan/plan-steps.js';

const maxAttempts = 12;

/** Plans and applies a change to one account, and again when somebody else was faster. */
@Injectable()
export class PersonalChanges {
  constructor(
    private readonly database: Database,
    private readonly links: AccountLinks,
    private readonly applier: PlanApplier,
    @Inject(USER_REGISTRY) private readonly registry: UserRegistry,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param identityProviderId at which the person is known for this change; any of theirs when absent
   * @param decide undefined when there is nothing to do
   * @returns false when there is no such account
   * @throws FoyerError of the store, or `provisioning.contended` (unavailable)
   */
  async change(
    of: { readonly userId: string; readonly identityProviderId?: string; readonly loginId: string | null },
    decide: (change: PersonalChange) => Promise<ProvisioningPlan | undefined>,
  ): Promise<boolean> {
    const startedAt = this.clock.now();
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const change = await this.read(of);
      if (!change) return false;
      const plan = await decide(change);
      if (plan === undefined || plan.outcome === 'unchanged') return true;
      const applied = await this.applier.apply(plan, { loginId: of.loginId, startedAt });
      if (applied.status === 'applied') return true;
      if (applied.status === 'failed') throw applied.cause;
      await setTimeout(Math.random() * Math.min(2 ** attempt, 32));
    }
    throw new FoyerError('unavailable', 'provisioning.contended', 'The account is being changed by others. Please try again.', {
      retryAfter: 1,
    });
  }

  private async read(of: { readonly userId: string; readonly identityProviderId?: string }): Promise<PersonalChange | undefined> {
    const user = await this.registry.find(this.database.read, of.userId);
    const store = user && this.stores.find(user.userStore)?.store;
    const account = await store?.find(of.userId);
    if (user?.status !== 'active' || !account) return undefined;
    return { person: await this.person(of), user, account, now: this.clock.now(), newId };
  }

  private async person({ userId, identityProviderId }: { readonly userId: string; readonly identityProviderId?: string }): Promise<Person> {
    const links = await this.links.ofUser(this.database.read, userId);
    const link = links.find((one) => identityProviderId === undefined || one.identityProviderId === identityProviderId);
    if (!link) return { identityProviderId: identityProviderId ?? '', identityProvider: '', issuer: '', subject: '' };
    return {
      identityProviderId: link.identityProviderId,
      identityProvider: link.identityProvider,
      issuer: link.issuer,
      subject: link.subject,
    };
  }
}
