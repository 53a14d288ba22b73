import type { ClaimMapping } from '@foyer/federation';
import type { Situation } from './situation.js';

const email = (change: Partial<ClaimMapping> = {}): readonly ClaimMapping[] => [
  { from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp', ...change },
];
const stored = { account: { attributes: { email: 'old@acme.example' } }, link: 'active' } as const;

/** JIT is off, or the person cannot be recognised. */
export const withoutJit: readonly Situation[] = [
  {
    when: 'JIT is off',
    jit: { enabled: false },
    expect: { outcome: 'skip', code: 'jit.disabled', steps: ['skipProvisioning jit.disabled', 'linkAccount link.first'] },
  },
  {
    when: 'JIT is off and the person was here before',
    jit: { enabled: false },
    link: 'reserved',
    expect: { outcome: 'skip', code: 'jit.disabled' },
  },
  {
    when: 'JIT is off and the account was deleted',
    jit: { enabled: false },
    link: 'tombstone',
    expect: { outcome: 'skip', code: 'jit.disabled', steps: ['linkAccount link.afterDeletion'] },
  },
  {
    when: 'JIT is off and there is an account from before',
    jit: { enabled: false },
    ...stored,
    user: {},
    expect: { outcome: 'unchanged', steps: ['keepAccount jit.disabled'] },
  },
  {
    when: 'JIT is off and the account from before is disabled',
    jit: { enabled: false },
    ...stored,
    user: { enabled: false },
    expect: { outcome: 'deny', code: 'account.disabled' },
  },
  {
    when: 'JIT is off and a required claim is absent',
    jit: { enabled: false },
    claims: {},
    mappings: email({ onAbsent: 'fail' }),
    expect: { outcome: 'deny', code: 'claim.absent' },
  },
  {
    when: 'the subject is too long to be compared safely',
    jit: { enabled: false },
    subject: 'x'.repeat(256),
    expect: { outcome: 'deny', code: 'subject.tooLong' },
  },
  { when: 'the issuer is too long to be compared safely', issuer: 'x'.repeat(513), expect: { outcome: 'deny', code: 'issuer.tooLong' } },
];
