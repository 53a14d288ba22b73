import type { Situation } from './situation.js';

const stored = { account: { attributes: { email: 'old@acme.example' } }, link: 'active' } as const;
const unavailable = { code: 'store.unavailable', passable: true } as const;

/** Stores that are missing, refuse, or fail. */
export const storesAndFailures: readonly Situation[] = [
  { when: 'the store is not configured', store: 'unknown', expect: { outcome: 'deny', code: 'store.unknown' } },
  { when: 'the store is disabled', store: 'disabled', jit: { onFailure: 'admit' }, expect: { outcome: 'deny', code: 'store.disabled' } },
  {
    when: 'the store cannot create accounts',
    store: { create: false },
    jit: { onFailure: 'admit' },
    expect: { outcome: 'deny', code: 'store.cannotCreate' },
  },
  { when: 'the store is read-only', store: { readOnly: true }, expect: { outcome: 'deny', code: 'store.readOnly' } },
  {
    when: 'the store is read-only and failures are admitted',
    store: { readOnly: true },
    jit: { onFailure: 'admit' },
    expect: { outcome: 'skip', code: 'store.readOnly', steps: ['linkAccount link.first'] },
  },
  { when: 'the store does not answer', failure: unavailable, expect: { outcome: 'deny', code: 'store.unavailable' } },
  {
    when: 'the store does not answer and failures are admitted',
    failure: unavailable,
    jit: { onFailure: 'admit' },
    expect: { outcome: 'skip', code: 'store.unavailable', steps: ['skipProvisioning store.unavailable', 'linkAccount link.first'] },
  },
  {
    when: 'the store fails in another way and failures are admitted',
    failure: { code: 'store.failed', passable: false },
    jit: { onFailure: 'admit' },
    expect: { outcome: 'deny', code: 'store.failed' },
  },
  {
    when: 'the store does not answer and the username is taken',
    failure: unavailable,
    usernameTaken: true,
    jit: { onFailure: 'admit' },
    expect: { outcome: 'deny', code: 'username.taken' },
  },
  {
    when: 'the store does not answer and the account is disabled',
    failure: unavailable,
    ...stored,
    user: { enabled: false },
    jit: { onFailure: 'admit' },
    expect: { outcome: 'deny', code: 'account.disabled' },
  },
  {
    when: 'the store of an account does not answer and failures are admitted',
    failure: unavailable,
    ...stored,
    user: {},
    account: null,
    jit: { onFailure: 'admit' },
    expect: { outcome: 'skip', code: 'store.unavailable' },
  },
  {
    when: 'an account would change and its store is read-only',
    store: { readOnly: true },
    ...stored,
    user: {},
    expect: { outcome: 'deny', code: 'store.readOnly' },
  },
  {
    when: 'an account stays the same and its store is read-only',
    store: { readOnly: true },
    ...stored,
    user: {},
    jit: { attributeSync: 'none' },
    expect: { outcome: 'unchanged' },
  },
];
