import type { Membership } from '@foyer/userstores';
import type { LeaveMembership } from '../plan/plan-steps.js';

const listed = 5;

export type LeftOutBecause = Pick<LeaveMembership, 'reason' | 'remote' | 'policy'>;

/** What grants nothing, as steps: of what is alike a handful by name and the rest as one step with their number. */
export class LeftOut {
  private readonly alike = new Map<string, { count: number; readonly steps: LeaveMembership[] }>();

  constructor(private readonly claim: string | undefined) {}

  add({ kind, name }: Membership, { reason, remote, policy }: LeftOutBecause): void {
    const id = kind === 'role' ? reason : `group ${reason}`;
    let found = this.alike.get(id);
    if (!found) this.alike.set(id, (found = { count: 0, steps: [] }));
    found.count += 1;
    if (found.count > listed + 1) return;
    found.steps.push({
      type: kind === 'role' ? 'leaveRole' : 'leaveGroup',
      kind,
      name,
      ...(remote !== undefined && { remote }),
      ...(this.claim !== undefined && { claim: this.claim }),
      reason,
      ...(policy !== undefined && { policy }),
    });
  }

  steps(): LeaveMembership[] {
    return [...this.alike.values()].flatMap(({ count, steps }) => {
      const others = count - listed;
      return steps.map((step, index) => (index === listed && others > 1 ? { ...step, count: others } : step));
    });
  }
}
