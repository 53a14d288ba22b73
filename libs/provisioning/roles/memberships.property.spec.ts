import { expect, test } from '@jest/globals';
import { isPrivilegedRole } from '@foyer/admin-access';
import type { RoleMapping } from '@foyer/identity-providers';
import fc from 'fast-check';
import { afterApplying, membershipInput, type MembershipCase } from './memberships.conformance.js';
import type { MembershipDecision, MembershipInput } from './membership-input.js';
import { planMemberships } from './plan-memberships.js';
import { releasedMemberships } from './released-memberships.js';

const names = ['owner', 'Owner', 'foyer:admin', 'ｏｗｎｅｒ', 'developer', 'staff', 'own', 'constructor', ' spaced', 'x'.repeat(300)];
const name = fc.constantFrom(...names);
const written = fc.oneof(name, fc.constantFrom('$1', '$1er', 'foyer:$1'));
const target = fc.oneof(
  written.map((local) => ({ local })),
  written.map((group) => ({ group })),
);
const source = fc.oneof(
  fc.oneof(name, fc.uniqueArray(name, { minLength: 1, maxLength: 3 })).map((remote) => ({ remote })),
  fc.constantFrom('(.*)', '(o.+)', 'd(.)*', 'own(er)?').map((pattern) => ({ pattern })),
);
const mapping: fc.Arbitrary<RoleMapping> = fc.tuple(source, target).map(([from, to]) => ({ ...from, ...to }));
const claim: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.oneof(name, fc.string()), { maxLength: 6 }) },
  fc.constantFrom<unknown>(undefined, null, '', 'owner', 7, [7]),
);
const few = fc.uniqueArray(name, { maxLength: 4 });
const origin = fc.uniqueArray(fc.constantFrom('idp:acme-id', 'idp:other-id', 'local', 'scim'), { minLength: 1, maxLength: 3 });
const key = fc.tuple(fc.constantFrom('role', 'group'), name).map(([kind, of]) => `${kind}:${of}`);
const anyCase: fc.Arbitrary<MembershipCase> = fc.record({
  claim,
  claimName: fc.constantFrom('groups', 'groups', null),
  settings: fc.record({
    mappings: fc.array(mapping, { maxLength: 4 }),
    unmapped: fc.constantFrom('drop', 'same-name'),
    revoke: fc.constantFrom('granted-here', 'never', 'all'),
    default: few,
    never: fc.uniqueArray(name, { maxLength: 1 }),
  }),
  present: fc.record({ roles: few, groups: few }),
  grants: fc.dictionary(key, origin, { maxKeys: 5 }),
  capabilities: fc.constantFrom({}, {}, { groups: false }, { roles: false }),
  isLastOwner: fc.boolean(),
});

/** Only what a store can hold. */
const input = anyCase.map((one) => {
  const { present = {}, capabilities } = one;
  const held = {
    roles: capabilities?.roles === false ? [] : (present.roles ?? []),
    groups: capabilities?.groups === false ? [] : (present.groups ?? []),
  };
  return membershipInput({ ...one, present: held });
});

const always = (law: (input: MembershipInput, decided: MembershipDecision) => void): void =>
  fc.assert(
    fc.property(input, (it) => law(it, planMemberships(it))),
    { numRuns: 1_000 },
  );

const changing = ({ steps }: MembershipDecision) => steps.filter(({ type }) => type !== 'leaveRole' && type !== 'leaveGroup');

test('planned again on its result nothing changes, and planning changes nothing by itself', () => {
  always((it, decided) => {
    const before = JSON.stringify(it);
    const applied = afterApplying(it, decided.steps);
    expect(changing(planMemberships(applied))).toEqual([]);
    expect(afterApplying(applied, decided.steps).present).toEqual(applied.present);
    expect(JSON.stringify(it)).toBe(before);
    expect(planMemberships(it)).toEqual(decided);
  });
});

test('a privileged role comes from an exact mapping of a remote role, and from nowhere else', () => {
  always(({ claim: value, settings, ...it }, { steps }) => {
    const remotes = [value].flat();
    const exact = settings.mappings.flatMap(({ remote, local }) =>
      [remote].flat().some((one) => remotes.includes(one)) ? (local ?? []) : [],
    );
    for (const step of steps) {
      if (step.type !== 'assignRole' || !isPrivilegedRole(step.name)) continue;
      expect(step.name).toMatch(/^(owner|foyer:.*)$/);
      expect(it.claimName).toBeDefined();
      expect(exact).toContain(step.name);
      expect(settings.never.map((never) => never.toLowerCase())).not.toContain(step.name.toLowerCase());
    }
  });
});

test('nobody is told a privileged role that no account holds', () => {
  always((it) => {
    for (const role of releasedMemberships(it).roles) expect(isPrivilegedRole(role)).toBe(false);
  });
});

test('what others gave stays, unless everything else is to go', () => {
  always((it, { steps }) => {
    const all = it.settings.revoke === 'all' && it.claimName !== undefined;
    for (const step of steps) {
      if (step.type !== 'removeRole' && step.type !== 'removeGroup') continue;
      expect(it.settings.revoke).not.toBe('never');
      const present = (step.kind === 'role' ? it.present.roles : it.present.groups).includes(step.name);
      const sources = it.grants[`${step.kind}:${step.name}`] ?? ['local'];
      const others = present && sources.some((one) => one !== 'idp:acme-id');
      if (!all) expect({ mine: sources.includes('idp:acme-id'), stays: step.stays }).toEqual({ mine: true, stays: others });
      expect(it.isLastOwner && step.name === 'owner' && step.kind === 'role' && !step.stays).toBe(false);
    }
  });
});

test('each membership has at most one step, and each step says why', () => {
  always((_it, { steps, denial }) => {
    const keys = steps.flatMap((step) => (step.type.startsWith('leave') ? [] : [`${step.kind}:${step.name}`]));
    expect(new Set(keys).size).toBe(keys.length);
    for (const { reason } of steps) expect(reason).toMatch(/^[a-z]+(\.[a-zA-Z]+)+$/);
    if (denial) expect({ steps, message: denial.message }).toEqual({ steps: [], message: expect.stringMatching(/^The .+\.$/) });
    expect(JSON.parse(JSON.stringify(steps))).toEqual(steps);
  });
});
