import type { Situation } from './situation.js';

const everything = { prompt: 'username+password+consent' } as const;
const password = { prompt: 'password+consent' } as const;
const typed = { username: 'annie', password: 'long enough', passwordRepeated: 'long enough' };
const provable = { linking: { existing: 'prove-ownership', match: [] } } as const;

/** What a person is asked before there is an account. Consent is asked for besides, see the situations about consent. */
export const prompts: readonly Situation[] = [
  {
    when: 'a password is asked for',
    jit: password,
    expect: { outcome: 'prompt', steps: ['askPassword jit.prompt'] },
  },
  {
    when: 'a username and a password are asked for',
    jit: everything,
    expect: { outcome: 'prompt', steps: ['askUsername jit.prompt', 'askPassword jit.prompt'] },
  },
  {
    when: 'the person typed a password',
    jit: password,
    answers: typed,
    expect: { outcome: 'create', steps: ['chooseUsername username.subject', 'setPassword password.typed'] },
  },
  {
    when: 'the person typed a username and a password',
    jit: everything,
    answers: typed,
    expect: { outcome: 'create', steps: ['chooseUsername username.typed', 'setPassword password.typed'] },
  },
  {
    when: 'the identity provider names no account, and the person typed a username',
    jit: everything,
    userIdClaim: 'nick',
    answers: typed,
    expect: { outcome: 'create', steps: ['chooseUsername username.typed'] },
  },
  {
    when: 'the typed username exists',
    jit: everything,
    answers: typed,
    usernameTaken: true,
    expect: { outcome: 'prompt', steps: ['askUsername jit.prompt', 'askPassword jit.prompt'] },
  },
  {
    when: 'the typed username exists, and ownership could be proven by the name that the identity provider gives',
    jit: { ...everything, ...provable },
    answers: typed,
    usernameTaken: true,
    expect: { outcome: 'prompt', steps: ['askUsername jit.prompt'] },
  },
  {
    when: 'the typed username violates the policy of the store',
    jit: everything,
    answers: { ...typed, username: 'no' },
    expect: { outcome: 'prompt', steps: ['askUsername jit.prompt'] },
  },
  {
    when: 'the typed username has a "/"',
    jit: everything,
    answers: { ...typed, username: 'CORP/anna' },
    expect: { outcome: 'prompt', steps: ['askUsername jit.prompt'] },
  },
  {
    when: 'the typed username mixes letters of several scripts, such as a Cyrillic "а" among Latin ones',
    jit: everything,
    answers: { ...typed, username: '\u0430nna' },
    expect: { outcome: 'prompt', steps: ['askUsername jit.prompt'] },
  },
  {
    when: 'the typed passwords are not the same',
    jit: password,
    answers: { ...typed, passwordRepeated: 'something else' },
    expect: { outcome: 'prompt', steps: ['askPassword jit.prompt'] },
  },
  {
    when: 'the typed password violates the policy of the store',
    jit: password,
    answers: { password: 'short', passwordRepeated: 'short' },
    expect: { outcome: 'prompt', steps: ['askPassword jit.prompt'] },
  },
  {
    when: 'a username was typed where none is asked for',
    answers: typed,
    expect: { outcome: 'create', steps: ['chooseUsername username.subject'] },
  },
  {
    when: 'a creation with a prompt was interrupted, and the person comes back',
    jit: everything,
    link: 'reserved',
    user: { status: 'creating' },
    account: null,
    expect: { outcome: 'prompt', steps: ['askPassword jit.prompt'] },
  },
  {
    when: 'a person who has an account is not asked for a password again',
    jit: password,
    link: 'active',
    user: {},
    account: { attributes: {} },
    expect: { outcome: 'update' },
  },
  {
    when: 'the store does not answer, and nobody is asked anything',
    jit: password,
    failure: { code: 'store.unavailable', passable: true },
    expect: { outcome: 'deny', code: 'store.unavailable' },
  },
  {
    when: 'the store wants a password, and none is asked for',
    store: { passwordRequired: true },
    expect: { outcome: 'create', steps: ['setPassword password.generated'] },
  },
  {
    when: 'ownership is asked for although the prompt would ask for a new account',
    jit: { ...password, ...provable },
    usernameTaken: true,
    matches: [{ username: 'anna' }],
    expect: { outcome: 'prompt', steps: ['askOwnership link.existing'] },
  },
];
