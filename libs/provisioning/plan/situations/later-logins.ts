import type { ClaimMapping } from '@foyer/federation';
import type { Situation } from './situation.js';

const email = (change: Partial<ClaimMapping> = {}): readonly ClaimMapping[] => [
  { from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp', ...change },
];
const country: readonly ClaimMapping[] = [{ to: 'country', value: 'SE', onAbsent: 'keep', owner: 'local' }];
const fromProvider = { by: 'idp', identityProviderId: 'acme-id' } as const;
const stored = { account: { attributes: { email: 'old@acme.example' } }, link: 'active' } as const;

/** A person who has an account. */
export const laterLogins: readonly Situation[] = [
  {
    when: 'a value changed outside',
    ...stored,
    user: { origins: { email: fromProvider } },
    expect: { outcome: 'update', steps: ['keepAccount account.synced', 'setAttribute claim.mapped'] },
  },
  {
    when: 'nothing changed',
    ...stored,
    account: { attributes: { email: 'anna@acme.example' } },
    user: { origins: { email: { ...fromProvider } } },
    expect: { outcome: 'unchanged', steps: ['keepAccount account.unchanged'] },
  },
  {
    when: 'a value was changed here and the identity provider owns it',
    ...stored,
    user: { origins: { email: { by: 'local' } } },
    expect: { outcome: 'update', steps: ['setAttribute claim.mapped'] },
  },
  {
    when: 'a value was changed here to what the identity provider says',
    ...stored,
    account: { attributes: { email: 'anna@acme.example' } },
    user: { origins: { email: { by: 'local' } } },
    expect: { outcome: 'update', steps: ['setAttribute claim.confirmed'] },
  },
  {
    when: 'a value was changed here and local values are preserved',
    ...stored,
    user: { origins: { email: { by: 'local' } } },
    jit: { attributeSync: 'preserve-local' },
    expect: { outcome: 'unchanged', steps: ['leaveAttribute sync.preserveLocal'] },
  },
  {
    when: 'a value came from the identity provider and local values are preserved',
    ...stored,
    user: { origins: { email: fromProvider } },
    jit: { attributeSync: 'preserve-local' },
    expect: { outcome: 'update', steps: ['setAttribute claim.mapped'] },
  },
  {
    when: 'attributes are not synchronized',
    ...stored,
    user: {},
    jit: { attributeSync: 'none' },
    expect: { outcome: 'unchanged', steps: ['keepAccount sync.none'] },
  },
  {
    when: 'another identity provider set the value',
    ...stored,
    user: { origins: { email: { by: 'idp', identityProviderId: 'other-id' } } },
    expect: { outcome: 'unchanged', steps: ['leaveAttribute owner.otherProvider'] },
  },
  {
    when: 'a constant with a local owner was changed here',
    ...stored,
    mappings: country,
    account: { attributes: { country: 'NO' } },
    user: { origins: { country: { by: 'local' } } },
    expect: { outcome: 'unchanged', steps: ['leaveAttribute owner.local'] },
  },
  {
    when: 'a constant with a local owner changed in the settings',
    ...stored,
    mappings: country,
    account: { attributes: { country: 'NO' } },
    user: { origins: { country: { by: 'constant', identityProviderId: 'acme-id' } } },
    expect: { outcome: 'update', steps: ['setAttribute constant.mapped'] },
  },
  {
    when: 'a claim is absent and its mapping says keep',
    ...stored,
    claims: {},
    user: { origins: { email: fromProvider } },
    expect: { outcome: 'unchanged', steps: ['leaveAttribute claim.absent.kept'] },
  },
  {
    when: 'a claim is absent and its mapping says clear',
    ...stored,
    claims: {},
    mappings: email({ onAbsent: 'clear' }),
    user: { origins: { email: fromProvider } },
    expect: { outcome: 'update', steps: ['clearAttribute claim.absent.cleared'] },
  },
  {
    when: 'a claim is absent, its mapping says clear, and the value is local',
    ...stored,
    claims: {},
    mappings: email({ onAbsent: 'clear', owner: 'local' }),
    user: { origins: { email: { by: 'local' } } },
    expect: { outcome: 'unchanged', steps: ['leaveAttribute owner.local'] },
  },
  {
    when: 'a claim is absent and its mapping says fail',
    ...stored,
    claims: {},
    mappings: email({ onAbsent: 'fail' }),
    user: {},
    expect: { outcome: 'deny', code: 'claim.absent' },
  },
  {
    when: 'a claim has a type that no attribute has',
    ...stored,
    claims: { email: { no: 'text' } },
    user: {},
    expect: { outcome: 'deny', code: 'claim.type' },
  },
  {
    when: 'the claim that names the account changed',
    ...stored,
    userIdClaim: 'nick',
    claims: { nick: 'annie' },
    user: {},
    expect: { outcome: 'unchanged', steps: ['reportUsername username.changed.kept'] },
  },
  {
    when: 'the claim that names the account changed its case only',
    ...stored,
    userIdClaim: 'nick',
    claims: { nick: 'ANNA' },
    user: {},
    jit: { attributeSync: 'none' },
    expect: { outcome: 'unchanged', steps: ['keepAccount sync.none'] },
  },
  { when: 'the account is disabled in Foyer', ...stored, user: { enabled: false }, expect: { outcome: 'deny', code: 'account.disabled' } },
  {
    when: 'the account is disabled in its store',
    link: 'active',
    account: { enabled: false },
    user: {},
    expect: { outcome: 'deny', code: 'account.disabled' },
  },
  { when: 'the store lost the account', link: 'active', account: null, user: {}, expect: { outcome: 'deny', code: 'account.missing' } },
  {
    when: 'the store of the account was removed',
    ...stored,
    store: 'unknown',
    user: {},
    expect: { outcome: 'deny', code: 'store.unknown' },
  },
];
