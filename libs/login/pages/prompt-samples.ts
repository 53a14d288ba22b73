import type { AskedPurpose } from '@foyer/consent';
import type { AskConsent, AskOwnership, AskPassword, AskUsername } from '@foyer/provisioning';
import type { PromptTurn } from '../step.js';
import type { PageData } from './page-writer.js';
import { promptData } from './prompt-data.js';
import { samplePurpose } from './sample-purpose.js';

const values = new Map([
  ['givenName', 'Anna'],
  ['familyName', 'Lindqvist'],
  ['email', 'anna.lindqvist@acme.example'],
]);

const attribute = (name: string, mandatory: boolean, tickedBefore = false) => ({ name, mandatory, tickedBefore });
const attributes = [
  attribute('givenName', true),
  attribute('familyName', true),
  attribute('email', false),
  attribute('phoneNumber', false),
];
const askedProfile: AskedPurpose = { purpose: 'profile', version: 2, builtIn: false, attributes, because: 'first' };
const askedAccount: AskedPurpose = {
  purpose: 'foyer-account',
  version: 1,
  builtIn: true,
  attributes: [attribute('givenName', true), attribute('email', true)],
  because: 'first',
};

const consent = (purposes: readonly AskedPurpose[] = [askedProfile]): AskConsent => ({
  type: 'askConsent',
  purposes,
  reason: 'consent.missing',
});
const username = (changes: Partial<AskUsername> = {}): AskUsername => ({
  type: 'askUsername',
  suggestion: 'anna',
  reason: 'jit.prompt',
  ...changes,
});
const password = (changes: Partial<AskPassword> = {}): AskPassword => ({ type: 'askPassword', reason: 'jit.prompt', ...changes });
const ownership = (changes: Partial<AskOwnership> = {}): AskOwnership => ({
  type: 'askOwnership',
  userId: '',
  userStore: 'PRIMARY',
  reason: 'link.existing',
  ...changes,
});
const ofAnna = (changes: Partial<AskOwnership> = {}): AskOwnership => ownership({ username: 'anna', ...changes });

const rule = 'A password has 8 to 1024 characters.';
const changed = {
  ...askedProfile,
  because: 'version',
  attributes: [attribute('givenName', true, true), attribute('email', false, true), attribute('shoeSize', false)],
} as const;

const states: Readonly<Record<string, PromptTurn['asks']>> = {
  'your consent': [consent()],
  'a new version of a purpose': [consent([changed])],
  'your consent, without a purpose of the settings': [consent([askedAccount])],
  'a password and your consent': [consent(), password()],
  'a username, a password and your consent': [consent(), username(), password()],
  'the username is taken': [consent(), username({ problem: 'username.taken' }), password({ problem: 'password.repeat' })],
  'the password does not fit': [username(), password({ problem: 'policy.password', message: rule })],
  'the passwords differ': [consent(), password({ problem: 'password.mismatch' })],
  'the password of the account that exists': [ofAnna()],
  'its password is wrong': [ofAnna({ problem: 'ownership.wrong' })],
  'too many wrong passwords': [consent(), ofAnna({ problem: 'ownership.tooMany' })],
  'the username and the password of an account that is not named': [ownership()],
  'its username or its password is wrong': [consent(), ownership({ problem: 'ownership.wrong' })],
};

/** What a login asks its person. @param around what is the same for every state, as the page's code adds it */
export const promptSamples = (around: PageData) =>
  Object.entries(states).map(([state, asks]) => ({
    template: 'prompt' as const,
    state,
    data: (language: string): PageData => ({
      ...around,
      ...promptData({ kind: 'prompt', asks }, { values, purpose: () => samplePurpose }, language),
    }),
  }));
