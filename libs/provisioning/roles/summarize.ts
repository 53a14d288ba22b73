import type { LeaveMembership } from '../plan/plan-steps.js';

const listed = 5;

/** Of what is left for the same reason, a handful by name and the rest as one step with their number; the same name once. */
export function summarize(steps: readonly LeaveMembership[]): LeaveMembership[] {
  const alike = new Map<string, Map<string, LeaveMembership>>();
  for (const step of steps) {
    const reason = `${step.type} ${step.reason}`;
    const byName = alike.get(reason) ?? new Map<string, LeaveMembership>();
    alike.set(reason, byName);
    if (!byName.has(step.name)) byName.set(step.name, step);
  }
  return [...alike.values()].flatMap((byName) => {
    const all = [...byName.values()];
    const rest = all.slice(listed);
    return [...all.slice(0, listed), ...rest.slice(0, 1).map((step) => (rest.length > 1 ? { ...step, count: rest.length } : step))];
  });
}
