import { expect, test } from '@jest/globals';
import type { BuiltInPurpose, ConfiguredPurpose, ConsentPurpose } from '../purposes/purpose.js';
import type { CurrentReceipt } from '../receipts/receipt.js';
import { weighConsent, type ConsentAnswer } from './weigh-consent.js';

const profile = (version = 1, more: Partial<ConfiguredPurpose> = {}): ConfiguredPurpose => ({
  ...{ id: 'profile-id', name: 'profile', version, builtIn: false, notice: `notice-${version}` },
  ...{ title: { en: 'Profile' }, text: { en: 'Why.' }, sharedWith: [], everyIdentityProvider: false },
  attributes: [
    { name: 'email', mandatory: true },
    { name: 'nickname', mandatory: false },
  ],
  ...more,
});
const newsletter: ConfiguredPurpose = {
  ...profile(),
  ...{ id: 'news-id', name: 'newsletter', attributes: [{ name: 'email', mandatory: false }] },
};
const builtIn = (...names: string[]): BuiltInPurpose => ({
  ...{ id: 'acme-id', name: 'foyer-account', version: 1, builtIn: true },
  attributes: names.map((name) => ({ name, mandatory: true })),
});

const receipt = (of: ConsentPurpose, accepted: string[], more: Partial<CurrentReceipt> = {}): CurrentReceipt => ({
  ...{ id: 'receipt', purposeId: of.id, purpose: of.name, version: of.version, accepted, givenAt: 1 },
  refused: of.attributes.map(({ name }) => name).filter((name) => !accepted.includes(name)),
  state: 'accepted',
  ...more,
});
const answer = (to: ConsentPurpose, ...accepted: string[]): ConsentAnswer => ({
  ...{ purpose: to.name, version: to.version, offered: to.attributes.map(({ name }) => name), accepted },
});
/** What is asked and why, what is recorded, what is refused, and what holds for each attribute. */
const weigh = (purposes: ConsentPurpose[], receipts: CurrentReceipt[], answers?: ConsentAnswer[]) => {
  const { ask, decisions, refusedMandatory, justifies } = weighConsent({ purposes, receipts, ...(answers && { answer: answers }) });
  return {
    ask: ask.map(({ purpose, because }) => `${purpose} ${because}`),
    decisions: decisions.map(({ purpose, version, state, accepted }) => `${purpose} ${version} ${state}: ${accepted.join(' ')}`),
    refused: refusedMandatory?.name,
    email: justifies('email'),
    nickname: justifies('nickname'),
  };
};

test('what nobody decided is asked, with what the page needs and without texts', () => {
  expect(weighConsent({ purposes: [profile(3)], receipts: [] }).ask).toEqual([
    {
      ...{ purpose: 'profile', version: 3, builtIn: false, because: 'first' },
      attributes: [
        { name: 'email', mandatory: true, tickedBefore: false },
        { name: 'nickname', mandatory: false, tickedBefore: false },
      ],
    },
  ]);
  expect(weigh([profile()], [])).toMatchObject({ decisions: [], refused: undefined, email: 'withheld', nickname: 'withheld' });
});

test('an answer becomes a decision, whole', () => {
  const { ask, decisions } = weighConsent({ purposes: [profile(2)], receipts: [], answer: [answer(profile(2), 'email', 'shoeSize')] });
  expect(ask).toEqual([]);
  expect(decisions).toEqual([
    {
      ...{ purposeId: 'profile-id', purpose: 'profile', version: 2, notice: 'notice-2' },
      ...{ accepted: ['email'], refused: ['nickname'], state: 'accepted' },
    },
  ]);
});

test('an accepted purpose is not asked again, nor is an optional attribute that was refused', () => {
  expect(weigh([profile()], [receipt(profile(), ['email'])])).toEqual({
    ...{ ask: [], decisions: [], refused: undefined, email: 'accepted', nickname: 'withheld' },
  });
});

test('a new version asks again, and the receipt of the old one holds for nothing', () => {
  const old = receipt(profile(1), ['email', 'nickname']);
  expect(weigh([profile(2)], [old])).toMatchObject({ ask: ['profile version'], email: 'withheld', nickname: 'withheld' });
  const [asked] = weighConsent({ purposes: [profile(2)], receipts: [receipt(profile(1), ['nickname'])] }).ask;
  expect(asked?.attributes.map(({ tickedBefore }) => tickedBefore)).toEqual([false, true]);
  expect(weigh([profile(2)], [old], [answer(profile(2), 'email')])).toEqual({
    ...{ ask: [], decisions: ['profile 2 accepted: email'], refused: undefined, email: 'accepted', nickname: 'withheld' },
  });
});

test('a revoked receipt asks again', () => {
  const revoked = receipt(profile(), ['email', 'nickname'], { state: 'revoked' });
  expect(weigh([profile()], [revoked])).toMatchObject({ ask: ['profile revoked'], refused: undefined, email: 'withheld' });
});

test('a refused mandatory attribute refuses the whole purpose, and is asked again at each login', () => {
  expect(weigh([profile()], [], [answer(profile(), 'nickname')])).toEqual({
    ...{ ask: [], decisions: ['profile 1 refused: nickname'], refused: 'profile', email: 'withheld', nickname: 'withheld' },
  });
  const refused = receipt(profile(), ['nickname'], { state: 'refused' });
  expect(weigh([profile()], [refused])).toEqual({
    ...{ ask: ['profile refused'], decisions: [], refused: 'profile', email: 'withheld', nickname: 'withheld' },
  });
  expect(weigh([profile()], [refused], [answer(profile(), 'email')])).toMatchObject({ ask: [], refused: undefined, email: 'accepted' });
});

test('an attribute that became mandatory after it was refused is asked again', () => {
  const stricter = profile(1, { attributes: profile().attributes.map(({ name }) => ({ name, mandatory: true })) });
  expect(weigh([stricter], [receipt(profile(), ['email'])])).toMatchObject({ ask: ['profile refused'], email: 'withheld' });
});

test('an attribute that came without a new version is not asked, and withheld', () => {
  const wider = profile(1, { attributes: [...profile().attributes, { name: 'birthday', mandatory: true }] });
  const weighed = weighConsent({ purposes: [wider], receipts: [receipt(profile(), ['email', 'nickname'])] });
  expect(weighed).toMatchObject({ ask: [], refusedMandatory: undefined });
  expect(weighed.justifies('birthday')).toBe('withheld');
  expect(weighed.justifies('email')).toBe('accepted');
});

test('the built-in purpose asks again when a mapping is added, not when one goes', () => {
  const given = receipt(builtIn('email'), ['email']);
  expect(weigh([builtIn('email', 'nickname')], [given])).toMatchObject({ ask: ['foyer-account attributes'], email: 'accepted' });
  expect(weigh([builtIn()], [given])).toMatchObject({ ask: [], refused: undefined });
  expect(weighConsent({ purposes: [builtIn('email')], receipts: [], answer: [answer(builtIn('email'), 'email')] }).decisions).toMatchObject(
    [{ purposeId: 'acme-id', notice: null, state: 'accepted' }],
  );
});

test.each<[string, Partial<ConsentAnswer>]>([
  ['of another version', { version: 1 }],
  ['to another purpose', { purpose: 'newsletter' }],
  ['to a page with other attributes', { offered: ['email'] }],
  ['to a page with more attributes', { offered: ['email', 'nickname', 'birthday'] }],
])('an answer %s counts for nothing', (_, stale) => {
  const given = { ...answer(profile(2), 'email'), ...stale };
  expect(weigh([profile(2)], [], [given])).toMatchObject({ ask: ['profile first'], decisions: [], email: 'withheld' });
});

test('an answer to what is not asked counts for nothing', () => {
  const given = receipt(profile(), ['email', 'nickname']);
  expect(weigh([profile()], [given], [answer(profile())])).toMatchObject({ decisions: [], refused: undefined, nickname: 'accepted' });
});

test('one purpose is enough for an attribute, whichever else withholds it', () => {
  const accepted = receipt(newsletter, ['email']);
  const refused = receipt(profile(), [], { state: 'refused' });
  expect(weigh([profile(), newsletter], [refused, accepted])).toMatchObject({
    email: 'accepted',
    nickname: 'withheld',
    refused: 'profile',
  });
  expect(weigh([newsletter, profile()], [refused, accepted])).toMatchObject({ email: 'accepted', nickname: 'withheld' });
});

test('consent does not speak of what no purpose covers, whatever receipts say', () => {
  expect(weigh([], [receipt(profile(), ['email'])])).toEqual({
    ...{ ask: [], decisions: [], refused: undefined, email: 'uncovered', nickname: 'uncovered' },
  });
  expect(weigh([newsletter], [])).toMatchObject({ email: 'withheld', nickname: 'uncovered' });
});

test('a receipt counts for its own purpose, not for a namesake', () => {
  expect(weigh([profile(1, { id: 'another-id' })], [receipt(profile(), ['email'])])).toMatchObject({
    ask: ['profile first'],
    email: 'withheld',
  });
});
