import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ConsentPurpose } from '../purposes/purpose.js';
import type { ConsentDecision, CurrentReceipt } from '../receipts/receipt.js';
import { weighConsent, type ConsentAnswer, type ConsentInput } from './weigh-consent.js';

const names = ['email', 'nickname', 'birthday', 'constructor'];
const purposeNames = ['profile', 'newsletter', 'payroll'];
const someNames = fc.uniqueArray(fc.constantFrom(...names));
const version = fc.integer({ min: 1, max: 3 });

const purpose: fc.Arbitrary<ConsentPurpose> = fc
  .record({
    name: fc.constantFrom(...purposeNames),
    version,
    builtIn: fc.boolean(),
    attributes: fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), mandatory: fc.boolean() }), { selector: ({ name }) => name }),
  })
  .map(({ builtIn, ...it }): ConsentPurpose => {
    const texts = { title: { en: 'T' }, text: { en: 'T' }, sharedWith: [], everyIdentityProvider: false };
    return builtIn ? { ...it, id: it.name, builtIn } : { ...it, ...texts, id: it.name, builtIn, notice: 'n' };
  });
const receipt: fc.Arbitrary<CurrentReceipt> = fc
  .record({ purpose: fc.constantFrom(...purposeNames), version, accepted: someNames, refused: someNames })
  .chain((it) =>
    fc.constantFrom('accepted' as const, 'refused' as const, 'revoked' as const).map((state) => ({
      ...{ ...it, state, id: it.purpose, purposeId: it.purpose, givenAt: 0 },
      refused: it.refused.filter((name) => !it.accepted.includes(name)),
    })),
  );
const answer: fc.Arbitrary<ConsentAnswer> = fc.record({
  purpose: fc.constantFrom(...purposeNames),
  version,
  offered: someNames,
  accepted: someNames,
});
const input: fc.Arbitrary<ConsentInput & { answer: readonly ConsentAnswer[] }> = fc.record({
  purposes: fc.uniqueArray(purpose, { selector: ({ name }) => name }),
  receipts: fc.uniqueArray(receipt, { selector: ({ purposeId }) => purposeId }),
  answer: fc.uniqueArray(answer, { selector: ({ purpose: about }) => about }),
});
/** What somebody sees who answers every purpose on the page: nothing in it is stale. */
const answered = input.chain(({ purposes, receipts }) =>
  fc
    .tuple(...purposes.map(() => someNames))
    .map((ticks) =>
      purposes.map(({ name, version: shown, attributes }, index): ConsentAnswer => ({
        ...{ purpose: name, version: shown, offered: attributes.map((attribute) => attribute.name) },
        accepted: ticks[index] ?? [],
      })),
    )
    .map((answers) => ({ purposes, receipts, answer: answers })),
);
const either = fc.oneof(input, answered);

const recorded = (receipts: readonly CurrentReceipt[], decisions: readonly ConsentDecision[]): CurrentReceipt[] => [
  ...receipts.filter(({ purposeId }) => !decisions.some((decision) => decision.purposeId === purposeId)),
  ...decisions.map((decision) => ({ ...decision, id: decision.purposeId, givenAt: 1 })),
];

test('a full answer leaves nothing to ask, and once recorded asks for nothing but what was refused', () => {
  fc.assert(
    fc.property(answered, ({ purposes, receipts, answer: given }) => {
      const weighed = weighConsent({ purposes, receipts, answer: given });
      expect(weighed.ask).toEqual([]);
      const later = weighConsent({ purposes, receipts: recorded(receipts, weighed.decisions) });
      expect(later.ask.every(({ because }) => because === 'refused')).toBe(true);
      expect(later.ask.length > 0).toBe(weighed.refusedMandatory !== undefined);
      for (const name of names) expect(later.justifies(name)).toBe(weighed.justifies(name));
    }),
  );
});

test('an answer that is weighed again after it was recorded decides nothing new, unless it refuses', () => {
  fc.assert(
    fc.property(either, ({ purposes, receipts, answer: given }) => {
      const first = weighConsent({ purposes, receipts, answer: given });
      const again = weighConsent({ purposes, receipts: recorded(receipts, first.decisions), answer: given });
      expect(again.decisions.every(({ state }) => state === 'refused')).toBe(true);
      expect(again.ask).toEqual(first.ask);
      expect(again.refusedMandatory).toBe(first.refusedMandatory);
    }),
  );
});

test('nothing is accepted without an answer or a receipt that lists it for a purpose that covers it', () => {
  fc.assert(
    fc.property(either, ({ purposes, receipts, answer: given }) => {
      const { justifies } = weighConsent({ purposes, receipts, answer: given });
      for (const name of names) {
        const covering = purposes.filter(({ attributes }) => attributes.some((attribute) => attribute.name === name));
        const said = [...receipts.filter(({ state }) => state === 'accepted'), ...given];
        const listed = covering.some((one) => said.some(({ purpose: about, accepted }) => about === one.name && accepted.includes(name)));
        if (covering.length === 0) expect(justifies(name)).toBe('uncovered');
        else if (!listed) expect(justifies(name)).toBe('withheld');
      }
    }),
  );
});

test('a purpose of which something mandatory is refused justifies nothing, and is told', () => {
  fc.assert(
    fc.property(either, ({ purposes, receipts, answer: given }) => {
      for (const one of purposes) {
        const { refusedMandatory, justifies } = weighConsent({ purposes: [one], receipts, answer: given });
        if (refusedMandatory) for (const { name } of one.attributes) expect(justifies(name)).toBe('withheld');
      }
    }),
  );
});

test('what is asked has no decision, and what is decided is not asked', () => {
  fc.assert(
    fc.property(either, ({ purposes, receipts, answer: given }) => {
      const { ask, decisions } = weighConsent({ purposes, receipts, answer: given });
      const before = weighConsent({ purposes, receipts }).ask.map(({ purpose: name }) => name);
      expect([...ask.map(({ purpose: name }) => name), ...decisions.map(({ purpose: name }) => name)].sort()).toEqual(before.sort());
      for (const { accepted, refused, purpose: name } of decisions) {
        const attributes = purposes.find((one) => one.name === name)?.attributes.map((attribute) => attribute.name) ?? [];
        expect([...accepted, ...refused].sort()).toEqual(attributes.sort());
      }
    }),
  );
});
