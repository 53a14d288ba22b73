import type { ConfiguredPurpose, CurrentReceipt } from '@foyer/consent';
import type { Situation } from './situation.js';

const jit = { prompt: 'consent' } as const;
const admitting = { ...jit, onConsentRefused: 'admit' } as const;
const mappings = [
  { from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp' },
  { from: 'nick', to: 'nickname', onAbsent: 'keep', owner: 'idp' },
] as const;
const claims = { email: 'anna@acme.example', nick: 'Annie' };
/** The e-mail address is mandatory, the nickname is not. */
const purpose = (version = 1): ConfiguredPurpose => ({
  ...{ id: 'purpose-1', name: 'profile', version, builtIn: false, notice: 'notice-1', title: { en: 'Profile' }, text: { en: 'Why' } },
  sharedWith: [],
  everyIdentityProvider: false,
  attributes: [
    { name: 'email', mandatory: true },
    { name: 'nickname', mandatory: false },
  ],
});
const offered = ['email', 'nickname'];
const answer = (...accepted: string[]): Situation['answers'] => ({ consent: [{ purpose: 'profile', version: 1, offered, accepted }] });
const receipt = (accepted: readonly string[], change: Partial<CurrentReceipt> = {}): CurrentReceipt => ({
  ...{ id: 'receipt-1', purposeId: 'purpose-1', purpose: 'profile', version: 1, state: 'accepted', givenAt: 1 },
  accepted,
  refused: offered.filter((name) => !accepted.includes(name)),
  ...change,
});
const asked = { jit, mappings, claims, purposes: [purpose()] };
const fromProvider = { by: 'idp', identityProviderId: 'acme-id' } as const;
const present = {
  link: 'active',
  user: { origins: { email: fromProvider, nickname: fromProvider } },
  account: { attributes: { email: 'anna@acme.example', nickname: 'Annie' } },
} as const;

/** What the person agrees to be kept. One purpose is asked for: with the e-mail address, which is mandatory, and the nickname, which is not. */
export const consents: readonly Situation[] = [
  { when: 'consent is asked for', ...asked, expect: { outcome: 'prompt', steps: ['askConsent consent.missing'] } },
  {
    when: 'everything is accepted',
    ...asked,
    answers: answer('email', 'nickname'),
    expect: { outcome: 'create', steps: ['setAttribute claim.mapped', 'recordConsent consent.accepted'] },
  },
  {
    when: 'something optional is refused',
    ...asked,
    answers: answer('email'),
    expect: {
      outcome: 'create',
      steps: ['setAttribute claim.mapped', 'leaveAttribute consent.withheld', 'recordConsent consent.accepted'],
    },
  },
  {
    when: 'something mandatory is refused',
    ...asked,
    answers: answer('nickname'),
    expect: { outcome: 'deny', code: 'consent.refused' },
  },
  {
    when: 'something mandatory is refused, and refusing is admitted',
    ...asked,
    jit: admitting,
    answers: answer(),
    expect: { outcome: 'skip', code: 'consent.refused', steps: ['skipProvisioning consent.refused', 'linkAccount link.first'] },
  },
  {
    when: 'something mandatory is refused where a username and a password are asked for, too',
    ...asked,
    jit: { prompt: 'username+password+consent' },
    answers: answer(),
    expect: { outcome: 'deny', code: 'consent.refused' },
  },
  {
    when: 'something mandatory is refused where ownership is to be proven, too, and refusing is admitted',
    ...asked,
    jit: { ...admitting, linking: { existing: 'prove-ownership', match: [] } },
    matches: [{ username: 'anna' }],
    answers: answer(),
    expect: { outcome: 'skip', code: 'consent.refused', steps: ['linkAccount link.first'] },
  },
  {
    when: 'the answer is to an earlier version',
    ...asked,
    purposes: [purpose(2)],
    answers: answer('email'),
    expect: { outcome: 'prompt', steps: ['askConsent consent.missing'] },
  },
  {
    when: 'something mandatory is refused while the store does not answer, and failures are admitted',
    ...asked,
    jit: { ...jit, onFailure: 'admit' },
    failure: { code: 'store.unavailable', passable: true },
    answers: answer('nickname'),
    expect: { outcome: 'deny', code: 'consent.refused' },
  },
  {
    when: 'a person who accepted comes back',
    ...asked,
    ...present,
    receipts: [receipt(['email', 'nickname'])],
    expect: { outcome: 'unchanged' },
  },
  {
    when: 'a person who refused something optional comes back',
    ...asked,
    ...present,
    account: { attributes: { email: 'anna@acme.example' } },
    user: { origins: { email: fromProvider } },
    receipts: [receipt(['email'])],
    expect: { outcome: 'unchanged', steps: ['leaveAttribute consent.withheld'] },
  },
  {
    when: 'a new version is asked for at the next login',
    ...asked,
    ...present,
    purposes: [purpose(2)],
    receipts: [receipt(['email', 'nickname'])],
    expect: { outcome: 'prompt', steps: ['askConsent consent.missing'] },
  },
  {
    when: 'a new version is refused',
    ...asked,
    ...present,
    purposes: [purpose(2)],
    receipts: [receipt(['email', 'nickname'])],
    answers: { consent: [{ purpose: 'profile', version: 2, offered, accepted: [] }] },
    expect: { outcome: 'deny', code: 'consent.refused', steps: ['recordConsent consent.refused', 'clearAttribute consent.withheld'] },
  },
  {
    when: 'a new version is refused, and refusing is admitted',
    ...asked,
    ...present,
    jit: admitting,
    purposes: [purpose(2)],
    receipts: [receipt(['email', 'nickname'])],
    answers: { consent: [{ purpose: 'profile', version: 2, offered, accepted: [] }] },
    expect: { outcome: 'update', steps: ['recordConsent consent.refused', 'clearAttribute consent.withheld'] },
  },
  {
    when: 'a new version is refused while the store does not answer, and failures are admitted',
    ...asked,
    ...present,
    account: null,
    jit: { ...jit, onFailure: 'admit' },
    failure: { code: 'store.unavailable', passable: true },
    purposes: [purpose(2)],
    receipts: [receipt(['email', 'nickname'])],
    answers: { consent: [{ purpose: 'profile', version: 2, offered, accepted: [] }] },
    expect: { outcome: 'deny', code: 'consent.refused' },
  },
  {
    when: 'consent was revoked',
    ...asked,
    ...present,
    receipts: [receipt(['email', 'nickname'], { state: 'revoked' })],
    expect: { outcome: 'prompt', steps: ['askConsent consent.missing'] },
  },
  {
    when: 'what is withheld was set by an administrator',
    ...asked,
    ...present,
    user: { origins: { email: fromProvider, nickname: { by: 'local' } } },
    receipts: [receipt(['email'])],
    expect: { outcome: 'unchanged', steps: ['leaveAttribute consent.withheld'] },
  },
  {
    when: 'attributes are not synchronized, and something is withheld that was kept before',
    ...asked,
    ...present,
    jit: { ...jit, attributeSync: 'none' },
    receipts: [receipt(['email'])],
    expect: { outcome: 'update', steps: ['clearAttribute consent.withheld'] },
  },
  {
    when: 'an account could be linked, and consent is asked for all the same',
    ...asked,
    jit: { ...jit, linking: { existing: 'prove-ownership', match: [] } },
    matches: [{ username: 'anna' }],
    expect: { outcome: 'prompt', steps: ['askConsent consent.missing', 'askOwnership link.existing'] },
  },
  {
    when: 'an account is linked with consent',
    ...asked,
    jit: { ...jit, linking: { existing: 'prove-ownership', match: [] } },
    matches: [{ username: 'anna' }],
    ownership: { userId: 'match-1' },
    answers: answer('email'),
    expect: { outcome: 'link', steps: ['recordConsent consent.accepted', 'setAttribute claim.mapped', 'linkAccount link.ownershipProven'] },
  },
  {
    when: 'an account would be linked, and something mandatory is refused',
    ...asked,
    jit: { ...jit, linking: { existing: 'prove-ownership', match: [] } },
    matches: [{ username: 'anna' }],
    ownership: { userId: 'match-1' },
    answers: answer(),
    expect: { outcome: 'deny', code: 'consent.refused' },
  },
];
