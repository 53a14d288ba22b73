import type { Situation } from './situation.js';

const fromUsername = (more: object = {}): Situation['jit'] => ({
  userStore: { fromUsername: true, domains: ['PRIMARY', 'CORP'], unknownDomain: 'primary', ...more },
});
const byDepartment = (more: object = {}): Situation['jit'] => ({
  userStore: { fromClaim: 'department', map: { sales: 'CORP' }, domains: ['PRIMARY', 'CORP'], ...more },
});

/** Which user store a new account goes to. */
export const places: readonly Situation[] = [
  { when: 'one domain is fixed', jit: { userStore: 'CORP' }, expect: { outcome: 'create', steps: ['chooseStore store.configured'] } },
  {
    when: 'the username names a domain',
    jit: fromUsername(),
    subject: 'CORP/anna',
    expect: { outcome: 'create', steps: ['chooseStore store.fromUsername', 'chooseUsername username.subject'] },
  },
  {
    when: 'the username names a domain in another case',
    jit: fromUsername(),
    subject: 'corp/anna',
    expect: { outcome: 'create', steps: ['chooseStore store.fromUsername'] },
  },
  {
    when: 'the username names no domain',
    jit: fromUsername(),
    expect: { outcome: 'create', steps: ['chooseStore store.fromUsername'] },
  },
  {
    when: 'the username names a domain that does not exist',
    jit: fromUsername(),
    subject: 'NOWHERE/anna',
    expect: { outcome: 'create', steps: ['chooseStore store.unknown.primary', 'chooseUsername username.subject'] },
  },
  {
    when: 'the username names a domain that does not exist, and such logins are denied',
    jit: fromUsername({ unknownDomain: 'deny' }),
    subject: 'NOWHERE/anna',
    expect: { outcome: 'deny', code: 'store.unknown' },
  },
  {
    when: 'the username names a domain that exists and is not listed',
    jit: fromUsername({ domains: ['PRIMARY'] }),
    subject: 'CORP/anna',
    expect: { outcome: 'deny', code: 'store.unlisted' },
  },
  {
    when: 'PRIMARY is not listed, and the username names no domain',
    jit: fromUsername({ domains: ['CORP'] }),
    expect: { outcome: 'deny', code: 'store.unlisted' },
  },
  {
    when: 'the username names a domain twice',
    jit: fromUsername(),
    subject: 'CORP/CORP/anna',
    expect: { outcome: 'deny', code: 'username.malformed' },
  },
  {
    when: 'the domain before the "/" is empty',
    jit: fromUsername(),
    subject: '/anna',
    expect: { outcome: 'deny', code: 'username.malformed' },
  },
  {
    when: 'the name after the "/" is empty',
    jit: fromUsername(),
    subject: 'CORP/',
    expect: { outcome: 'deny', code: 'username.malformed' },
  },
  {
    when: 'the username names a disabled domain',
    jit: { ...fromUsername(), onFailure: 'admit' },
    store: 'disabled',
    subject: 'PRIMARY/anna',
    expect: { outcome: 'deny', code: 'store.disabled' },
  },
  {
    when: 'a claim leads to a domain by a map',
    jit: byDepartment(),
    claims: { department: 'sales' },
    expect: { outcome: 'create', steps: ['chooseStore store.fromClaim'] },
  },
  {
    when: 'a claim has a value that the map does not have',
    jit: byDepartment({ otherwise: 'PRIMARY' }),
    claims: { department: 'toString' },
    expect: { outcome: 'create', steps: ['chooseStore store.otherwise'] },
  },
  {
    when: 'the claim that says the domain is absent',
    jit: byDepartment({ otherwise: 'PRIMARY' }),
    expect: { outcome: 'create', steps: ['chooseStore store.otherwise'] },
  },
  {
    when: 'a claim leads nowhere, and nothing else is said',
    jit: byDepartment(),
    claims: { department: 'legal' },
    expect: { outcome: 'deny', code: 'store.claim.unmapped' },
  },
  {
    when: 'a claim is the domain by itself',
    jit: byDepartment({ map: undefined }),
    claims: { department: 'corp' },
    expect: { outcome: 'create', steps: ['chooseStore store.fromClaim'] },
  },
  {
    when: 'a claim is a domain that is not listed',
    jit: byDepartment({ map: undefined, domains: ['PRIMARY'] }),
    claims: { department: 'CORP' },
    expect: { outcome: 'deny', code: 'store.unlisted' },
  },
  {
    when: 'a claim is a domain that is not listed, and others go elsewhere',
    jit: byDepartment({ map: undefined, domains: ['PRIMARY'], otherwise: 'PRIMARY' }),
    claims: { department: 'CORP' },
    expect: { outcome: 'deny', code: 'store.unlisted' },
  },
];
