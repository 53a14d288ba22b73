import { expect, test } from '@jest/globals';
import { afterApplying, inShort, membershipInput, type MembershipCase } from './memberships.conformance.js';
import { planMemberships } from './plan-memberships.js';

const decide = (one: MembershipCase): string[] => inShort(planMemberships(membershipInput(one)));
const denial = (one: MembershipCase): string | undefined => planMemberships(membershipInput(one)).denial?.reason;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `role-${index}`);
const developer = { remote: 'engineering', local: 'developer' };

test('a claim carries roles as a list or as one text, each counted once', () => {
  const settings = { unmapped: 'same-name' as const };
  expect(decide({ claim: ['a', 'b', 'a', ''], settings })).toEqual(['assignRole a role.sameName', 'assignRole b role.sameName']);
  expect(decide({ claim: 'a b', settings })).toEqual(['assignRole a b role.sameName']);
  for (const claim of [undefined, null, '', []]) expect(decide({ claim, settings })).toEqual([]);
});

test('a claim of any other form denies the login: nobody knows what it would have granted', () => {
  for (const claim of [7, true, { a: 'b' }, ['a', 7], [['a']], ['a', null]]) expect(denial({ claim })).toBe('roles.type');
  expect(planMemberships(membershipInput({ claim: 7 })).denial?.claim).toBe('groups');
});

test('10,000 roles in one token deny the login, and a role of more than 512 characters does', () => {
  expect(denial({ claim: numbered(10_000) })).toBe('roles.tooMany');
  expect(denial({ claim: numbered(5_000) })).toBeUndefined();
  expect(denial({ claim: Array.from({ length: 10_000 }, () => 'same') })).toBeUndefined();
  expect(denial({ claim: ['x'.repeat(513)] })).toBe('roles.tooLong');
  expect(denial({ claim: ['x'.repeat(512)] })).toBeUndefined();
  expect(denial({ claim: 'x'.repeat(5 * 1_048_576) })).toBe('roles.tooLong');
});

test('a pattern made for catastrophic backtracking has none', () => {
  const claim = Array.from({ length: 5_000 }, (_, index) => `${'a'.repeat(500)}${index}`);
  const patterns = ['(a+)+b', '(a|aa)+$', '(a*)*b', '(.*a){20}!'].map((pattern) => ({ pattern, local: 'x' }));
  expect(decide({ claim, settings: { mappings: patterns } })).toHaveLength(6);
});

test('more than 500 memberships at once deny the login', () => {
  const settings = { unmapped: 'same-name' as const };
  expect(denial({ claim: numbered(501), settings })).toBe('roles.tooMany');
  expect(planMemberships(membershipInput({ claim: numbered(500), settings })).steps).toHaveLength(500);
});

test('more than can be kept of an account denies the login', () => {
  const claim = numbered(400).map((role) => role.padEnd(200, '-'));
  expect(denial({ claim, settings: { unmapped: 'same-name' } })).toBe('roles.tooMany');
});

test('all mappings that match count: exact ones, lists, patterns, roles and groups', () => {
  const mappings = [
    developer,
    { remote: ['sales', 'engineering'], group: 'staff' },
    { pattern: 'eng(.*)', local: 'is-$1' },
    { remote: 'Engineering', local: 'other' },
  ];
  const { steps } = planMemberships(membershipInput({ claim: ['engineering'], settings: { mappings } }));
  expect(inShort({ steps })).toEqual([
    'assignRole developer role.mapped',
    'assignGroup staff role.mapped',
    'assignRole is-ineering role.pattern',
  ]);
  expect(steps[0]).toMatchObject({ remote: 'engineering', claim: 'groups', present: false });
});

test('what a pattern captures is inserted; it matches whole roles only', () => {
  const mappings = [{ pattern: '([a-z]+)-([a-z]+)(-x)?', local: '$2:$1$3 $0$$4 $' }];
  expect(decide({ claim: ['blue-dev', 'blue-dev!'], settings: { mappings } })).toEqual([
    'assignRole dev:blue $0$ $ role.pattern',
    'leaveRole blue-dev! role.unmapped.dropped',
  ]);
  expect(decide({ claim: 'x', settings: { mappings: [{ remote: 'x', local: '$1' }] } })).toEqual(['assignRole $1 role.mapped']);
});

test('a captured value that makes no name grants nothing, and is no unmapped role either', () => {
  const settings = { mappings: [{ pattern: 'team-(.*)', local: '$1' }], unmapped: 'same-name' as const };
  expect(decide({ claim: ['team-', 'team- a', 'team-a\u0000'], settings })).toEqual([
    'leaveRole  role.malformed',
    'leaveRole  a role.malformed',
    'leaveRole a\u0000 role.malformed',
  ]);
  const long = (letter: string): string => `team-${letter.repeat(300)}`;
  const { steps } = planMemberships(membershipInput({ claim: [long('x'), long('y')], settings }));
  expect(steps).toEqual([
    expect.objectContaining({ name: '$1', remote: long('x') }),
    expect.objectContaining({ name: '$1', remote: long('y') }),
  ]);
});

test('of what is left out a handful is listed, and the others are counted', () => {
  const steps = decide({ claim: numbered(5_000) });
  expect(steps).toHaveLength(6);
  expect(steps.at(-1)).toBe('leaveRole role-5 role.unmapped.dropped (4995)');
  expect(decide({ claim: numbered(6) }).at(-1)).toBe('leaveRole role-5 role.unmapped.dropped');
});

test('default roles are granted to everybody, also where no claim carries roles', () => {
  expect(decide({ settings: { default: ['user'] } })).toEqual(['assignRole user role.default']);
  expect(decide({ claimName: null, claim: ['engineering'], settings: { default: ['user'], mappings: [developer] } })).toEqual([
    'assignRole user role.default',
  ]);
});

test('what is never granted is not granted by any mapping, under no spelling, also not as a group', () => {
  const settings = {
    never: ['Root', 'user'],
    default: ['User'],
    unmapped: 'same-name' as const,
    mappings: [
      { remote: ['a', 'c'], local: 'root' },
      { pattern: 'x-(.+)', local: '$1' },
      { remote: 'b', group: 'ROOT' },
    ],
  };
  expect(decide({ claim: ['a', 'c', 'x-rooT', 'ＲＯＯＴ', 'ro\ufe0fot', 'b'], settings })).toEqual([
    ...['root', 'rooT', 'ＲＯＯＴ', 'ro\ufe0fot', 'User'].map((name) => `leaveRole ${name} role.never`),
    'leaveGroup ROOT role.never',
  ]);
});

test('a privileged role is granted by an exact mapping only', () => {
  const exact = { mappings: [{ remote: 'admins', local: 'owner' }] };
  expect(decide({ claim: 'admins', settings: exact })).toEqual(['assignRole owner role.mapped']);
  expect(decide({ claim: 'owner', settings: { unmapped: 'same-name' } })).toEqual(['leaveRole owner role.privileged']);
  expect(decide({ claim: 'FOYER:admin', settings: { unmapped: 'same-name' } })).toEqual(['leaveRole FOYER:admin role.privileged']);
  expect(decide({ claim: 'ｏｗｎｅｒ', settings: { unmapped: 'same-name' } })).toEqual(['leaveRole ｏｗｎｅｒ role.privileged']);
  expect(decide({ claim: 'x', settings: { mappings: [{ pattern: '.*', local: 'owner' }] } })).toEqual(['leaveRole owner role.privileged']);
  expect(decide({ claim: 'own', settings: { mappings: [{ pattern: '(.*)', local: '$1er' }] } })).toEqual([
    'leaveRole owner role.privileged',
  ]);
  expect(decide({ settings: { default: ['foyer:users:read'] } })).toEqual(['leaveRole foyer:users:read role.privileged']);
  const both = { mappings: [{ pattern: '.*', local: 'owner' }, ...exact.mappings] };
  expect(decide({ claim: 'admins', settings: both })).toEqual(['assignRole owner role.mapped']);
});

test.each(['Owner', 'ＯＷＮＥＲ', 'foyer:Users:read'])('not even an exact mapping grants %s, which only looks privileged', (local) => {
  const settings = { mappings: [{ remote: 'admins', local }] };
  expect(decide({ claim: 'admins', settings })).toEqual([`leaveRole ${local} role.privileged`]);
});

test('what the store does not have or its policy refuses is left out', () => {
  const settings = { mappings: [developer, { remote: 'engineering', group: 'staff' }] };
  const claim = 'engineering';
  expect(decide({ claim, settings, capabilities: { roles: false, groups: false } })).toEqual([
    'leaveRole developer store.noRoles',
    'leaveGroup staff store.noGroups',
  ]);
  const rolename = () => ({ code: 'policy.rolename', policy: 'rolenamePattern', message: 'No.' });
  const { steps } = planMemberships(membershipInput({ claim, settings, rolename }));
  expect(inShort({ steps })).toEqual(['assignGroup staff role.mapped', 'leaveRole developer policy.rolename']);
  expect(steps.at(-1)).toMatchObject({ policy: 'rolenamePattern', remote: 'engineering', claim: 'groups' });
  expect(decide({ claim, settings: { mappings: [developer] }, rolename, present: { roles: ['developer'] } })).toEqual([
    'assignRole developer role.mapped (present)',
  ]);
});

const had = (sources: readonly string[]): MembershipCase => ({ present: { roles: ['developer'] }, grants: { 'role:developer': sources } });

test('a lost remote role takes back what came from there, and leaves what others gave, too', () => {
  expect(decide(had(['idp:acme-id']))).toEqual(['removeRole developer role.revoked']);
  expect(decide(had(['local', 'idp:acme-id']))).toEqual(['removeRole developer role.revoked (stays)']);
  expect(decide(had(['idp:acme-id', 'idp:other-id']))).toEqual(['removeRole developer role.revoked (stays)']);
  expect(decide(had(['idp:other-id']))).toEqual([]);
  expect(decide(had(['scim']))).toEqual([]);
  expect(decide({ present: { roles: ['developer'], groups: ['staff'] } })).toEqual([]);
});

test('a membership that two sources gave stays until both are gone', () => {
  const settings = { mappings: [developer] };
  const acme = membershipInput({ claim: 'engineering', settings });
  const first = afterApplying(acme, planMemberships(acme).steps);
  const other = { ...first, identityProviderId: 'other-id' };
  const second = afterApplying(other, planMemberships(other).steps);
  expect(second.grants).toEqual({ 'role:developer': ['idp:acme-id', 'idp:other-id'] });
  const lost = { ...second, identityProviderId: 'acme-id', claim: [] };
  const third = afterApplying(lost, planMemberships(lost).steps);
  expect(third).toMatchObject({ present: { roles: ['developer'] }, grants: { 'role:developer': ['idp:other-id'] } });
  const gone = { ...third, identityProviderId: 'other-id' };
  expect(afterApplying(gone, planMemberships(gone).steps)).toMatchObject({ present: { roles: [] }, grants: {} });
});

test('what an account had before nobody kept sources is local, and stays when a remote role came and went', () => {
  const came = membershipInput({ claim: 'engineering', settings: { mappings: [developer] }, present: { roles: ['developer'] } });
  expect(inShort(planMemberships(came))).toEqual(['assignRole developer role.mapped (present)']);
  const granted = afterApplying(came, planMemberships(came).steps);
  expect(granted.grants).toEqual({ 'role:developer': ['local', 'idp:acme-id'] });
  const went = { ...granted, claim: [] };
  expect(afterApplying(went, planMemberships(went).steps).present.roles).toEqual(['developer']);
});

test('a removed mapping, a role that may be granted no more: both are taken back', () => {
  expect(decide({ ...had(['idp:acme-id']), claim: 'engineering' })).toContain('removeRole developer role.revoked');
  const settings = { mappings: [developer], never: ['developer'] };
  expect(decide({ ...had(['idp:acme-id']), claim: 'engineering', settings })).toContain('removeRole developer role.revoked');
});

test('a grant that the store lost is not remembered: given there again it is local', () => {
  const lost = membershipInput({ grants: { 'role:developer': ['idp:acme-id', 'idp:other-id'] } });
  const { steps } = planMemberships(lost);
  expect(inShort({ steps })).toEqual(['removeRole developer role.revoked']);
  expect(afterApplying(lost, steps).grants).toEqual({});
  const again = membershipInput({ ...had(['idp:other-id']), present: {}, claim: 'engineering', settings: { mappings: [developer] } });
  expect(afterApplying(again, planMemberships(again).steps).grants).toEqual({ 'role:developer': ['idp:acme-id'] });
  expect(decide({ grants: { 'role:developer': ['idp:acme-id'] }, capabilities: { roles: false } })).toEqual([]);
});

test('by setting nothing is taken back, or everything that is not granted', () => {
  expect(decide({ ...had(['idp:acme-id']), settings: { revoke: 'never' } })).toEqual([]);
  const all = { settings: { revoke: 'all' as const } };
  expect(decide({ ...had(['idp:acme-id']), ...all })).toEqual(['removeRole developer role.revoked']);
  expect(decide({ ...had(['local', 'idp:acme-id']), ...all })).toEqual(['removeRole developer role.revoked.all']);
  expect(decide({ present: { groups: ['staff'] }, ...all })).toEqual(['removeGroup staff role.revoked.all']);
  expect(decide({ present: { groups: ['staff'] }, claimName: null, ...all })).toEqual([]);
  expect(decide({ ...had(['idp:acme-id']), claimName: null, ...all })).toEqual(['removeRole developer role.revoked']);
});

test('the last owner stays one, whatever would take the role', () => {
  const owner = { present: { roles: ['owner', 'foyer:users:read'] }, settings: { revoke: 'all' as const } };
  expect(decide({ ...owner, isLastOwner: true })).toEqual(['removeRole foyer:users:read role.revoked.all', 'leaveRole owner owner.last']);
  expect(decide(owner)).toEqual(['removeRole owner role.revoked.all', 'removeRole foyer:users:read role.revoked.all']);
  const granted = { present: { roles: ['owner'] }, grants: { 'role:owner': ['idp:acme-id'] }, isLastOwner: true };
  expect(decide(granted)).toEqual(['leaveRole owner owner.last']);
});
