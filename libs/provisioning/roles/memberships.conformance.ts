import { isPrivilegedRole } from '@foyer/admin-access';
import type { RoleSettings } from '@foyer/identity-providers';
import type { MembershipGrants, StorePolicies, UserStoreCapabilities } from '@foyer/userstores';
import { grantsAfter } from './grants-after.js';
import type { MembershipInput, MembershipStep, Memberships } from './membership-input.js';
import { planMemberships } from './plan-memberships.js';

/** What is decided about the memberships of an account, as data: what differs from an account without any and settings that grant nothing. */
export interface MembershipCase {
  readonly claim?: unknown;
  /** `null`: the identity provider has none. */
  readonly claimName?: string | null;
  readonly settings?: Partial<RoleSettings>;
  readonly identityProviderId?: string;
  readonly present?: Partial<Memberships>;
  readonly grants?: MembershipGrants;
  readonly capabilities?: Partial<UserStoreCapabilities>;
  readonly rolename?: StorePolicies['rolename'];
  readonly isLastOwner?: boolean;
}

export function membershipInput(one: MembershipCase): MembershipInput {
  const { claim, claimName = 'groups', settings, identityProviderId = 'acme-id', present, grants = {}, isLastOwner = false } = one;
  const able = { readOnly: false, create: true, passwords: true, passwordRequired: false, roles: true, groups: true, transactional: true };
  return {
    claim,
    ...(claimName !== null && { claimName }),
    settings: { mappings: [], unmapped: 'drop', revoke: 'granted-here', default: [], never: [], ...settings },
    identityProviderId,
    present: { roles: [], groups: [], ...present },
    grants,
    store: {
      domain: 'PRIMARY',
      capabilities: { ...able, ...one.capabilities },
      policies: { username: () => undefined, rolename: one.rolename ?? (() => undefined), password: () => undefined },
    },
    isLastOwner,
    isPrivileged: isPrivilegedRole,
  };
}

/** The input of the same login, once its steps have been applied to the account. */
export function afterApplying(input: MembershipInput, steps: readonly MembershipStep[]): MembershipInput {
  const names = (kind: 'role' | 'group', before: readonly string[]): string[] => {
    const after = new Set(before);
    for (const step of steps) {
      if (step.kind !== kind) continue;
      if (step.type === 'assignRole' || step.type === 'assignGroup') after.add(step.name);
      if ((step.type === 'removeRole' || step.type === 'removeGroup') && !step.stays) after.delete(step.name);
    }
    return [...after];
  };
  const present = { roles: names('role', input.present.roles), groups: names('group', input.present.groups) };
  return { ...input, present, grants: grantsAfter(input.grants, steps, input.identityProviderId) };
}

/** The steps in short: `assignRole developer role.mapped`; `(stays)`, `(present)` and numbers where they are. */
export const inShort = ({ steps }: ReturnType<typeof planMemberships>): string[] =>
  steps.map((step) => {
    const note =
      ('stays' in step && step.stays && ' (stays)') ||
      ('present' in step && step.present && ' (present)') ||
      ('count' in step && ` (${step.count})`);
    return `${step.type} ${step.name} ${step.reason}${note || ''}`;
  });
