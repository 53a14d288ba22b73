import type { RoleSettings } from '@foyer/identity-providers';
import type { Situation } from './situation.js';

const rolesClaim = 'groups';
const mapped: Partial<RoleSettings> = { mappings: [{ remote: 'engineering', local: 'developer' }] };
const fromHere = ['idp:acme-id'];
const fromElsewhere = ['idp:other-id'];
/** A person who logs in again. */
const again = { rolesClaim, link: 'active' } as const;
const noRoles = { ...again, claims: { groups: [] } } as const;
const hasDeveloper = { roles: ['developer'] };
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `role-${index}`);

/** What remote roles become. */
const granted: readonly Situation[] = [
  {
    when: 'a remote role is mapped',
    rolesClaim,
    roles: mapped,
    claims: { groups: ['engineering'] },
    expect: { outcome: 'create', steps: ['assignRole role.mapped'] },
  },
  {
    when: 'a remote role is mapped to a group of the store',
    rolesClaim,
    roles: { mappings: [{ remote: ['engineering', 'sales'], group: 'staff' }] },
    claims: { groups: 'sales' },
    expect: { outcome: 'create', steps: ['assignGroup role.mapped'] },
  },
  {
    when: 'a remote role matches a pattern',
    rolesClaim,
    roles: { mappings: [{ pattern: '^team-(.+)$', local: '$1' }] },
    claims: { groups: ['team-blue'] },
    expect: { outcome: 'create', steps: ['assignRole role.pattern'] },
  },
  {
    when: 'what a pattern captures makes no name of a role',
    rolesClaim,
    roles: { mappings: [{ pattern: '^team-(.*)$', local: '$1' }] },
    claims: { groups: ['team-'] },
    expect: { outcome: 'create', steps: ['leaveRole role.malformed'] },
  },
  {
    when: 'no mapping names a remote role',
    rolesClaim,
    roles: mapped,
    claims: { groups: ['marketing'] },
    expect: { outcome: 'create', steps: ['leaveRole role.unmapped.dropped'] },
  },
  {
    when: 'no mapping names a remote role and unmapped is same-name',
    rolesClaim,
    roles: { ...mapped, unmapped: 'same-name' },
    claims: { groups: ['marketing'] },
    expect: { outcome: 'create', steps: ['assignRole role.sameName'] },
  },
  {
    when: 'everybody gets a default role',
    roles: { default: ['user'] },
    expect: { outcome: 'create', steps: ['assignRole role.default'] },
  },
  {
    when: 'a mapping names a role that the identity provider may never grant',
    rolesClaim,
    roles: { ...mapped, never: ['Developer'] },
    claims: { groups: ['engineering'] },
    expect: { outcome: 'create', steps: ['leaveRole role.never'] },
  },
  {
    when: 'an exact mapping names a privileged role',
    rolesClaim,
    roles: { mappings: [{ remote: 'foyer-admins', local: 'owner' }] },
    claims: { groups: ['foyer-admins'] },
    expect: { outcome: 'create', steps: ['assignRole role.mapped'] },
  },
  {
    when: 'a pattern makes a privileged role',
    rolesClaim,
    roles: { mappings: [{ pattern: '^(.+)$', local: '$1' }] },
    claims: { groups: ['owner'] },
    expect: { outcome: 'create', steps: ['leaveRole role.privileged'] },
  },
  {
    when: 'a remote role has the name of a privileged one and unmapped is same-name',
    rolesClaim,
    roles: { unmapped: 'same-name' },
    claims: { groups: ['owner'] },
    expect: { outcome: 'create', steps: ['leaveRole role.privileged'] },
  },
  {
    when: 'a role violates the policy of the store',
    rolesClaim,
    roles: { unmapped: 'same-name' },
    claims: { groups: ['qz'] },
    expect: { outcome: 'create', steps: ['leaveRole policy.rolename'] },
  },
  {
    when: 'the store has no roles',
    rolesClaim,
    roles: mapped,
    store: { roles: false },
    claims: { groups: ['engineering'] },
    expect: { outcome: 'create', steps: ['leaveRole store.noRoles'] },
  },
  {
    when: 'the store has no groups',
    rolesClaim,
    roles: { mappings: [{ remote: 'engineering', group: 'staff' }] },
    store: { groups: false },
    claims: { groups: ['engineering'] },
    expect: { outcome: 'create', steps: ['leaveGroup store.noGroups'] },
  },
];

/** Claims that carry roles in a form or a number that cannot be meant. */
const refused: readonly Situation[] = [
  {
    when: 'the claim that carries roles is no text and no list of texts',
    rolesClaim,
    claims: { groups: { engineering: true } },
    expect: { outcome: 'deny', code: 'roles.type' },
  },
  { when: 'a token has 10,000 roles', rolesClaim, claims: { groups: many(10_000) }, expect: { outcome: 'deny', code: 'roles.tooMany' } },
  {
    when: 'a token has 10,000 roles and JIT is off',
    jit: { enabled: false },
    rolesClaim,
    claims: { groups: many(10_000) },
    expect: { outcome: 'deny', code: 'roles.tooMany' },
  },
  {
    when: 'the remote roles would become more than 500 roles',
    rolesClaim,
    roles: { unmapped: 'same-name' },
    claims: { groups: many(501) },
    expect: { outcome: 'deny', code: 'roles.tooMany' },
  },
  {
    when: 'a remote role is longer than 512 characters',
    rolesClaim,
    claims: { groups: ['x'.repeat(513)] },
    expect: { outcome: 'deny', code: 'roles.tooLong' },
  },
];

/** What later logins give and take. */
const later: readonly Situation[] = [
  {
    when: 'a remote role is new',
    ...again,
    roles: mapped,
    claims: { groups: ['engineering'] },
    account: {},
    user: {},
    expect: { outcome: 'update', steps: ['assignRole role.mapped'] },
  },
  {
    when: 'remote roles are what they were',
    ...again,
    roles: mapped,
    claims: { groups: ['engineering'] },
    account: hasDeveloper,
    user: { grants: { 'role:developer': fromHere } },
    expect: { outcome: 'unchanged', steps: ['keepAccount account.unchanged'] },
  },
  {
    when: 'a remote role is gone',
    ...noRoles,
    roles: mapped,
    account: hasDeveloper,
    user: { grants: { 'role:developer': fromHere } },
    expect: { outcome: 'update', steps: ['removeRole role.revoked'] },
  },
  {
    when: 'a mapping was removed',
    ...again,
    claims: { groups: ['engineering'] },
    account: hasDeveloper,
    user: { grants: { 'role:developer': fromHere } },
    expect: { outcome: 'update', steps: ['removeRole role.revoked', 'leaveRole role.unmapped.dropped'] },
  },
  {
    when: 'a remote role is gone and revoke is never',
    ...noRoles,
    roles: { ...mapped, revoke: 'never' },
    account: hasDeveloper,
    user: { grants: { 'role:developer': fromHere } },
    expect: { outcome: 'unchanged', steps: ['keepAccount account.unchanged'] },
  },
  {
    when: 'a remote role is gone, and the role stays because another identity provider granted it, too',
    ...noRoles,
    roles: mapped,
    account: hasDeveloper,
    user: { grants: { 'role:developer': [...fromHere, ...fromElsewhere] } },
    expect: { outcome: 'update', steps: ['removeRole role.revoked'] },
  },
  {
    when: 'another identity provider granted the role',
    ...noRoles,
    roles: mapped,
    account: hasDeveloper,
    user: { grants: { 'role:developer': fromElsewhere } },
    expect: { outcome: 'unchanged', steps: ['keepAccount account.unchanged'] },
  },
  {
    when: 'an administrator gave the role',
    ...noRoles,
    roles: mapped,
    account: hasDeveloper,
    user: {},
    expect: { outcome: 'unchanged', steps: ['keepAccount account.unchanged'] },
  },
  {
    when: 'an administrator gave the role and revoke is all',
    ...noRoles,
    roles: { ...mapped, revoke: 'all' },
    account: hasDeveloper,
    user: {},
    expect: { outcome: 'update', steps: ['removeRole role.revoked.all'] },
  },
  {
    when: 'an administrator gave the role, revoke is all, and no claim carries roles',
    link: 'active',
    claims: {},
    roles: { revoke: 'all' },
    account: hasDeveloper,
    user: {},
    expect: { outcome: 'unchanged', steps: ['keepAccount account.unchanged'] },
  },
  {
    when: 'the account is the last owner and revoke is all',
    ...noRoles,
    roles: { ...mapped, revoke: 'all' },
    account: { roles: ['owner'] },
    user: {},
    isLastOwner: true,
    expect: { outcome: 'unchanged', steps: ['leaveRole owner.last'] },
  },
];

export const roles: readonly Situation[] = [...granted, ...refused, ...later];
