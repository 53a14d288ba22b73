import type { Situation } from './situation.js';

/** A person without an account. */
export const firstLogins: readonly Situation[] = [
  {
    when: 'a person logs in for the first time',
    expect: {
      outcome: 'create',
      steps: [
        'chooseStore store.configured',
        'chooseUsername username.subject',
        'createUser jit.firstLogin',
        'setAttribute claim.mapped',
        'linkAccount link.first',
      ],
    },
  },
  {
    when: 'a claim names the account',
    userIdClaim: 'nick',
    claims: { nick: 'annie' },
    expect: { outcome: 'create', steps: ['chooseUsername username.claim'] },
  },
  {
    when: 'the claim that names the account is nested',
    userIdClaim: 'user.name',
    claims: { user: { name: 'annie' } },
    expect: { outcome: 'create' },
  },
  { when: 'the claim that names the account is a number', userIdClaim: 'uid', claims: { uid: 4711 }, expect: { outcome: 'create' } },
  {
    when: 'the claim that names the account is absent',
    userIdClaim: 'nick',
    claims: {},
    expect: { outcome: 'deny', code: 'username.absent' },
  },
  {
    when: 'the claim that names the account is a list',
    userIdClaim: 'nick',
    claims: { nick: ['annie'] },
    expect: { outcome: 'deny', code: 'username.malformed' },
  },
  { when: 'the username has a "/" and the domain is fixed', subject: 'CORP/anna', expect: { outcome: 'deny', code: 'username.malformed' } },
  { when: 'the username has an invisible character', subject: 'an\u200bna', expect: { outcome: 'deny', code: 'username.malformed' } },
  { when: 'the username violates the policy of the store', subject: 'no', expect: { outcome: 'deny', code: 'policy.username' } },
  { when: 'the username exists in the store', usernameTaken: true, expect: { outcome: 'deny', code: 'username.taken' } },
  {
    when: 'the person logged in before while JIT was off',
    link: 'reserved',
    expect: { outcome: 'create', steps: ['createUser jit.reserved', 'linkAccount link.reserved'] },
  },
  {
    when: 'an earlier creation was interrupted before it reached the store',
    link: 'reserved',
    user: { status: 'creating' },
    account: null,
    expect: { outcome: 'create', steps: ['chooseStore store.reserved', 'chooseUsername username.reserved', 'createUser jit.interrupted'] },
  },
  {
    when: 'an earlier creation was interrupted after it reached the store',
    link: 'reserved',
    user: { status: 'creating' },
    account: { attributes: {} },
    expect: { outcome: 'create', steps: ['createUser jit.interrupted', 'setAttribute claim.mapped'] },
  },
  {
    when: 'an administrator deleted the earlier account',
    link: 'tombstone',
    expect: { outcome: 'create', steps: ['createUser account.deleted', 'linkAccount link.afterDeletion'] },
  },
  { when: 'the user of an active link is gone', link: 'active', expect: { outcome: 'create', steps: ['createUser account.deleted'] } },
];
