import type { AttributeValue } from '@foyer/platform';
import type { JournalEntry } from '@foyer/journal';
import { stepOf, type ProvisioningPlan } from '../plan/plan-steps.js';

/** Where a plan comes from. */
export interface Occasion {
  /** Null when it happened outside of a login. */
  readonly loginId: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** W3C Trace Context that the login came with. */
  readonly traceparent?: string;
}

type Values = Readonly<Record<string, AttributeValue>>;

/** What the journal tells of a plan that has been applied. */
export function journalEntry(plan: ProvisioningPlan, occasion: Occasion, now: number): JournalEntry {
  const { before, after } = changedValues(plan);
  const account = plan.account ?? plan.knownAs;
  return {
    id: plan.id,
    loginId: occasion.loginId,
    identityProviderId: plan.person.identityProviderId,
    identityProvider: plan.person.identityProvider,
    subject: plan.person.subject,
    userId: plan.subject ?? account?.userId ?? null,
    userStore: account?.userStore ?? stepOf(plan, 'chooseStore')?.domain ?? null,
    username: account?.username ?? stepOf(plan, 'chooseUsername')?.username ?? null,
    outcome: journalOutcome(plan),
    code: plan.code,
    plan: { outcome: plan.outcome, steps: plan.steps },
    before,
    after,
    durationMs: Math.max(0, now - occasion.startedAt),
    createdAt: now,
  };
}

/** The plan's outcome, told apart where a store failed: `admit` when the login went on without it, `failed` when it did not. */
export function journalOutcome(plan: ProvisioningPlan): JournalEntry['outcome'] {
  if (plan.outcome === 'skip' && stepOf(plan, 'skipProvisioning')?.failed) return 'admit';
  if (plan.outcome === 'deny' && stepOf(plan, 'deny')?.failed) return 'failed';
  return plan.outcome;
}

/** Only attributes that change, as they were and as they are. */
function changedValues({ outcome, steps }: ProvisioningPlan): { before: Values | null; after: Values | null } {
  const writes = ['create', 'update', 'link'].includes(outcome) || steps.some(({ type }) => type === 'clearAttribute');
  if (!writes) return { before: null, after: null };
  const before: [string, AttributeValue][] = [];
  const after: [string, AttributeValue][] = [];
  for (const step of steps) {
    if (step.type !== 'setAttribute' && step.type !== 'clearAttribute') continue;
    if (step.before !== undefined) before.push([step.name, step.before]);
    if (step.type === 'setAttribute') after.push([step.name, step.value]);
  }
  return { before: outcome === 'create' ? null : Object.fromEntries(before), after: Object.fromEntries(after) };
}
