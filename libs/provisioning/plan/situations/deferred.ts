import type { Situation } from './situation.js';

const jit = { mode: 'nonBlocking' } as const;
const old = { attributes: { email: 'old@acme.example' } } as const;
const active = { jit, link: 'active', user: {} } as const;
const reserved = { jit, link: 'reserved', user: { status: 'creating' }, account: null } as const;
const engineer = { mappings: [{ remote: 'engineering', local: 'developer' }] } as const;
const granted = { 'role:developer': ['idp:acme-id'] } as const;
const unavailable = { code: 'store.unavailable', passable: true } as const;
const profile = {
  ...{ id: 'purpose-1', name: 'profile', version: 1, builtIn: false, notice: 'notice-1', title: { en: 'Profile' }, text: { en: 'Why' } },
  ...{ sharedWith: [], everyIdentityProvider: false, attributes: [{ name: 'email', mandatory: true }] },
} as const;
const refusal = { consent: [{ purpose: 'profile', version: 1, offered: ['email'], accepted: [] }] } as const;
const agreed = {
  ...{
    id: 'receipt-1',
    purposeId: 'purpose-1',
    purpose: 'profile',
    version: 1,
    accepted: ['email'],
    refused: [],
    state: 'accepted' as const,
  },
  givenAt: 1,
} as const;

/** A login that leaves the store to a job. */
export const deferredLogins: readonly Situation[] = [
  {
    when: 'somebody logs in for the first time',
    jit,
    expect: { outcome: 'create', steps: ['createUser jit.firstLogin', 'linkAccount link.first', 'queueJob jit.nonBlocking'] },
  },
  {
    when: 'they come again before the job is done',
    ...reserved,
    jobs: 'open',
    expect: { outcome: 'create', steps: ['createUser jit.deferred', 'linkAccount link.reserved', 'queueJob jit.nonBlocking'] },
  },
  { when: 'the username is taken', jit, usernameTaken: true, expect: { outcome: 'deny', code: 'username.taken' } },
  { when: 'the store of a new account is disabled', jit, store: 'disabled', expect: { outcome: 'deny', code: 'store.disabled' } },
  {
    when: 'the person is asked first',
    jit: { ...jit, prompt: 'consent' },
    purposes: [profile],
    expect: { outcome: 'prompt', steps: ['askConsent consent.missing'] },
  },
  {
    when: 'the person has an account',
    ...active,
    expect: { outcome: 'unchanged', steps: ['keepAccount account.deferred', 'queueJob jit.nonBlocking'] },
  },
  {
    when: 'the account of somebody who comes again is locked',
    ...active,
    user: { locked: true },
    expect: { outcome: 'deny', code: 'account.locked' },
  },
  {
    when: 'a role is granted no more: it counts no more at once',
    ...active,
    rolesClaim: 'groups',
    roles: engineer,
    claims: { email: 'anna@acme.example', groups: [] },
    user: { grants: granted },
    expect: { outcome: 'update', steps: ['suspendRoles role.lost', 'queueJob jit.nonBlocking'] },
  },
  {
    when: 'a role comes back before the job took it away',
    ...active,
    rolesClaim: 'groups',
    roles: engineer,
    claims: { email: 'anna@acme.example', groups: ['engineering'] },
    user: { grants: granted, suspendedRoles: ['developer'] },
    expect: { outcome: 'update', steps: ['suspendRoles role.lost', 'queueJob jit.nonBlocking'] },
  },
  {
    when: 'a role is granted no more, and another identity provider grants it, too: it is that one’s alone at once',
    ...active,
    rolesClaim: 'groups',
    roles: engineer,
    claims: { email: 'anna@acme.example', groups: [] },
    user: { grants: { 'role:developer': ['idp:acme-id', 'idp:other-id'] } },
    expect: { outcome: 'update', steps: ['removeRole role.revoked', 'queueJob jit.nonBlocking'] },
  },
  {
    when: 'a role counts no more by the word of another identity provider: this one, which does not grant it, changes nothing of that',
    ...active,
    rolesClaim: 'groups',
    roles: engineer,
    claims: { email: 'anna@acme.example', groups: [] },
    user: { grants: { 'role:developer': ['idp:other-id'] }, suspendedRoles: ['developer'] },
    expect: { outcome: 'unchanged', steps: ['keepAccount account.deferred', 'queueJob jit.nonBlocking'] },
  },
  {
    when: 'a role is granted no more, and what an earlier login left to a job was given up',
    ...active,
    rolesClaim: 'groups',
    roles: engineer,
    claims: { email: 'anna@acme.example', groups: [] },
    user: { grants: granted },
    jobs: unavailable,
    expect: { outcome: 'deny', code: 'store.unavailable', steps: ['suspendRoles role.lost', 'queueJob jit.retried'] },
  },
  {
    when: 'what an earlier login left to a job was given up',
    ...active,
    jobs: unavailable,
    expect: { outcome: 'deny', code: 'store.unavailable', steps: ['queueJob jit.retried'] },
  },
  {
    when: 'that, and failures are admitted',
    ...active,
    jit: { ...jit, onFailure: 'admit' },
    jobs: unavailable,
    expect: { outcome: 'skip', code: 'store.unavailable', steps: ['skipProvisioning store.unavailable', 'queueJob jit.retried'] },
  },
  {
    when: 'the store had the username already, failures are admitted',
    ...reserved,
    jit: { ...jit, onFailure: 'admit' },
    jobs: { code: 'username.taken', passable: false },
    expect: { outcome: 'deny', code: 'username.taken', steps: ['queueJob jit.retried'] },
  },
  {
    when: 'something mandatory is refused by somebody who has an account: the job takes away what it justified',
    ...active,
    jit: { ...jit, prompt: 'consent' },
    purposes: [profile],
    answers: refusal,
    expect: { outcome: 'deny', code: 'consent.refused', steps: ['recordConsent consent.refused', 'queueJob jit.nonBlocking'] },
  },
  {
    when: 'the mode is blocking again, and a job waits',
    link: 'active',
    user: {},
    account: old,
    jobs: 'open',
    expect: { outcome: 'update', steps: ['setAttribute claim.mapped', 'supersedeJobs jit.blocking'] },
  },
];

/** What the job makes of it, with what the store says by then. */
export const jobsOfLogins: readonly Situation[] = [
  {
    when: 'the account is not there yet',
    ...reserved,
    during: 'job',
    expect: { outcome: 'create', steps: ['createUser jit.deferred', 'setAttribute claim.mapped', 'linkAccount link.reserved'] },
  },
  {
    when: 'an earlier attempt died after it created the account',
    ...reserved,
    account: old,
    during: 'job',
    expect: { outcome: 'create', steps: ['createUser jit.deferred', 'setAttribute claim.mapped'] },
  },
  {
    when: 'the account differs',
    ...active,
    account: old,
    during: 'job',
    expect: { outcome: 'update', steps: ['setAttribute claim.mapped'] },
  },
  {
    when: 'a role was lost: it is taken away, and nothing is suspended any more',
    ...active,
    rolesClaim: 'groups',
    roles: engineer,
    claims: { groups: [] },
    user: { grants: granted, suspendedRoles: ['developer'] },
    account: { roles: ['developer'] },
    during: 'job',
    expect: { outcome: 'update', steps: ['removeRole role.revoked', 'suspendRoles role.decided'] },
  },
  {
    when: 'a role counts no more by the word of another identity provider: it does not before that one’s job is done',
    ...active,
    user: { grants: { 'role:developer': ['idp:other-id'] }, suspendedRoles: ['developer'] },
    account: { attributes: { email: 'anna@acme.example' }, roles: ['developer'] },
    during: 'job',
    expect: { outcome: 'update', steps: ['setAttribute claim.confirmed'] },
  },
  {
    when: 'a purpose was taken back while the job waited: what only it justified goes',
    ...active,
    jit: { ...jit, prompt: 'consent' },
    purposes: [profile],
    receipts: [{ ...agreed, state: 'revoked' }],
    user: { origins: { email: { by: 'idp', identityProviderId: 'acme-id' } } },
    account: old,
    during: 'job',
    expect: { outcome: 'update', steps: ['clearAttribute consent.withheld'] },
  },
  {
    when: 'the store does not answer, failures are admitted: the job is tried again',
    ...active,
    jit: { ...jit, onFailure: 'admit' },
    failure: unavailable,
    account: null,
    during: 'job',
    expect: { outcome: 'deny', code: 'store.unavailable' },
  },
  {
    when: 'a purpose has a new version since: nothing that it covers is written or taken away before the person is asked',
    ...active,
    jit: { ...jit, prompt: 'consent' },
    purposes: [{ ...profile, version: 2 }],
    receipts: [agreed],
    user: { origins: { email: { by: 'idp', identityProviderId: 'acme-id' } } },
    account: old,
    during: 'job',
    expect: { outcome: 'unchanged' },
  },
];
