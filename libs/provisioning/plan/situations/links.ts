import type { Situation } from './situation.js';

const provable = { linking: { existing: 'prove-ownership', match: [] } } as const;
const byEmail = { linking: { existing: 'verified-email', match: [] }, trustedDomains: ['acme.example'] } as const;
const preProvisioned = { linking: { existing: 'pre-provisioned', match: [] } } as const;
const confirmed = { email: 'anna@acme.example', email_verified: true };
const verifiedEmail = { email: { by: 'idp', identityProviderId: 'other-id', verified: true } } as const;
const existing = { username: 'anna', account: { attributes: { email: 'anna@acme.example' } } };
const withEmail = { ...existing, origins: verifiedEmail };

/** An account exists that may be the person's. */
export const links: readonly Situation[] = [
  {
    when: 'an account of that name exists, and ownership can be proven',
    jit: provable,
    usernameTaken: true,
    matches: [existing],
    expect: { outcome: 'prompt', steps: ['askOwnership link.existing'] },
  },
  {
    when: 'the person proved that the account is theirs',
    jit: provable,
    usernameTaken: true,
    matches: [existing],
    ownership: { userId: 'match-1' },
    expect: { outcome: 'link', steps: ['keepAccount account.linked', 'linkAccount link.ownershipProven'] },
  },
  {
    when: 'the proof was wrong',
    jit: provable,
    usernameTaken: true,
    matches: [existing],
    ownership: { userId: 'match-1', problem: 'ownership.wrong' },
    expect: { outcome: 'prompt', steps: ['askOwnership link.existing'] },
  },
  {
    when: 'the proof was for another account',
    jit: provable,
    usernameTaken: true,
    matches: [existing],
    ownership: { userId: 'somebody' },
    expect: { outcome: 'prompt', steps: ['askOwnership link.existing'] },
  },
  {
    when: 'ownership could be proven, and the account is locked',
    jit: provable,
    usernameTaken: true,
    matches: [{ ...existing, locked: true }],
    expect: { outcome: 'deny', code: 'account.locked' },
  },
  {
    when: 'ownership could be proven, and no account matches',
    jit: provable,
    expect: { outcome: 'create', steps: ['createUser jit.firstLogin'] },
  },
  {
    when: 'more than one account matches',
    jit: provable,
    matches: [existing, { ...existing, username: 'anna2' }],
    expect: { outcome: 'deny', code: 'link.ambiguous' },
  },
  {
    when: 'ownership could be proven, and the store lost the account',
    jit: provable,
    matches: [{ username: 'anna', account: null }],
    expect: { outcome: 'deny', code: 'account.missing' },
  },
  {
    when: 'ownership could be proven, and the store has no passwords',
    jit: provable,
    store: { passwords: false },
    matches: [existing],
    expect: { outcome: 'deny', code: 'link.notProvable' },
  },
  {
    when: 'both sides verified the e-mail address',
    jit: byEmail,
    claims: confirmed,
    matches: [withEmail],
    expect: { outcome: 'link', steps: ['linkAccount link.verifiedEmail'] },
  },
  {
    when: 'the identity provider did not verify the e-mail address',
    jit: byEmail,
    matches: [withEmail],
    expect: { outcome: 'deny', code: 'link.email.unverified' },
  },
  {
    when: 'the e-mail address is verified outside of the trusted domains',
    jit: byEmail,
    claims: { email: 'anna@evil.example', email_verified: true },
    matches: [{ ...withEmail, account: { attributes: { email: 'anna@evil.example' } } }],
    expect: { outcome: 'deny', code: 'link.email.unverified' },
  },
  {
    when: 'nobody verified the e-mail address of the account that exists',
    jit: byEmail,
    claims: confirmed,
    matches: [{ ...existing, origins: { email: { by: 'self' } } }],
    expect: { outcome: 'deny', code: 'link.email.accountUnverified' },
  },
  {
    when: 'an administrator vouched for the e-mail address of the account that exists',
    jit: byEmail,
    claims: confirmed,
    matches: [
      {
        ...existing,
        origins: { email: { by: 'local' }, emailVerified: { by: 'local' } },
        account: { attributes: { email: 'anna@acme.example', emailVerified: true } },
      },
    ],
    expect: { outcome: 'link', steps: ['linkAccount link.verifiedEmail'] },
  },
  {
    when: 'the account that matches by e-mail has a privileged role',
    jit: byEmail,
    claims: confirmed,
    matches: [{ ...withEmail, account: { attributes: { email: 'anna@acme.example' }, roles: ['owner'] } }],
    expect: { outcome: 'deny', code: 'link.privileged' },
  },
  {
    when: 'linking is by e-mail, and only the username exists',
    jit: byEmail,
    claims: confirmed,
    usernameTaken: true,
    expect: { outcome: 'deny', code: 'username.taken' },
  },
  {
    when: 'an administrator named this identity for an account',
    jit: preProvisioned,
    link: 'named',
    user: {},
    account: { attributes: {} },
    expect: { outcome: 'link', steps: ['setAttribute claim.mapped', 'linkAccount link.preProvisioned'] },
  },
  {
    when: 'an administrator named this identity for an account, and JIT is off',
    jit: { ...preProvisioned, enabled: false },
    link: 'named',
    user: {},
    account: { attributes: {} },
    expect: { outcome: 'link', steps: ['linkAccount link.preProvisioned'] },
  },
  {
    when: 'an administrator named this identity for an account, and the settings do not let that count',
    link: 'named',
    user: {},
    account: {},
    expect: { outcome: 'deny', code: 'link.named' },
  },
  {
    when: 'accounts are pre-provisioned, and nobody named this identity',
    jit: preProvisioned,
    expect: { outcome: 'create', steps: ['linkAccount link.first'] },
  },
  {
    when: 'the account is locked',
    link: 'active',
    user: { locked: true },
    account: {},
    expect: { outcome: 'deny', code: 'account.locked' },
  },
  {
    when: 'the account has expired',
    link: 'active',
    user: { expiresAt: 1 },
    account: {},
    expect: { outcome: 'deny', code: 'account.expired' },
  },
];
