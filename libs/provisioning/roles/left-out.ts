import type { Membership } from '@foyer/userstores';
import type { LeaveMembership } from '../plan/plan-steps.js';

const listed = 5;

export type LeftOutBecause = Pick<LeaveMembership, 'reason' | 'remote' | 'policy'>;

/** What grants nothing, as steps: of what is alike a handful by name and the rest as one step with their number; the same name once. */
export class LeftOut {
  private readonly alike = new Map<string, { readonly names: Set<string>; readonly steps: LeaveMembership[] }>();

  constructor(private readonly claim: string | undefined) {}

  add({ kind, name }: Membership, { reason, remote, policy }: LeftOutBecause): void {
    const id = kind === 'role' ? reason : `group ${reason}`;
    let found = this.alike.get(id);
    if (!found) this.alike.set(id, (found = { names: new Set(), steps: [] }));
    const { names, steps } = found;
    if (steps.length > listed || names.has(name)) return void names.add(name);
    names.add(name);
    steps.push({
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
    return [...this.alike.values()].flatMap(({ names, steps }) => {
      const others = names.size - listed;
      return steps.map((step, index) => (index === listed && others > 1 ? { ...step, count: others } : step));
    });
  }
}
