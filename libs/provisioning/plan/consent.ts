import { weighConsent, withheldAttributes, type AskedPurpose, type WeighedConsent } from '@foyer/consent';
import type { Attributes } from '@foyer/platform';
import type { ValueOrigin } from '@foyer/userstores';
import type { PlanInput } from './plan-input.js';
import { sourceOf, withFlag } from './sync-attributes.js';
import { denied, skip, type Decision } from './decision.js';
import type { AskConsent, ClearAttribute, Denial, PlanStep, RecordConsent } from './plan-steps.js';

/** What the person's consent says now, with what they answered. While JIT is off nobody is asked, and what was refused before stays so. */
export function weigh({ identityProvider, snapshot: { purposes, receipts }, answers }: PlanInput): WeighedConsent {
  if (!identityProvider.jit.enabled) return unasked(withheldAttributes({ purposes, receipts, asked: false }));
  return weighConsent({ purposes, receipts, ...(answers?.consent && { answer: answers.consent }) });
}

const unasked = (withheld: ReadonlySet<string>): WeighedConsent => ({
  ask: [],
  decisions: [],
  refusedMandatory: undefined,
  justifies: (attribute) => (withheld.has(attribute) ? 'withheld' : 'uncovered'),
});

/** What there is to ask before anything is answered. */
export function askedBefore({ snapshot: { purposes, receipts } }: PlanInput): readonly AskedPurpose[] {
  return weighConsent({ purposes, receipts }).ask;
}

export const askConsent = (purposes: readonly AskedPurpose[]): AskConsent[] =>
  purposes.length === 0 ? [] : [{ type: 'askConsent', purposes, reason: 'consent.missing' }];

/** The decisions of this login, as receipts of a user. */
export function recordConsent(input: PlanInput, { decisions }: WeighedConsent, userId: string): RecordConsent[] {
  const { identityProvider, loginId, language, now, newId } = input;
  const given = {
    userId,
    identityProviderId: identityProvider.id,
    identityProvider: identityProvider.name,
    loginId,
    language,
    givenAt: now,
  };
  return decisions.map((decision): RecordConsent => ({
    type: 'recordConsent',
    receipt: { id: newId(), ...decision, ...given },
    reason: decision.state === 'accepted' ? 'consent.accepted' : 'consent.refused',
  }));
}

/** What this identity provider wrote and the person does not agree to any more, whether it is mapped still or not. */
export function clearWithheld(
  { snapshot: { purposes }, identityProvider }: PlanInput,
  { justifies, ask }: WeighedConsent,
  present: { readonly attributes: Attributes; readonly origins: Readonly<Record<string, ValueOrigin>> },
): ClearAttribute[] {
  // A job asks nobody: what the person has yet to decide stays as it is until they log in. What they refused or took back is decided.
  const isDecided = (because: AskedPurpose['because']): boolean => because === 'refused' || because === 'revoked';
  const undecided = new Set(ask.flatMap(({ because, attributes }) => (isDecided(because) ? [] : attributes.map(({ name }) => name))));
  const covered = [...new Set(purposes.flatMap(({ attributes }) => attributes.flatMap(({ name }) => withFlag(name))))];
  return covered.flatMap((name): ClearAttribute[] => {
    const origin = Object.hasOwn(present.origins, name) ? present.origins[name] : undefined;
    const before = Object.hasOwn(present.attributes, name) ? present.attributes[name] : undefined;
    const written = origin?.identityProviderId === identityProvider.id;
    if (!written || before === undefined || justifies(sourceOf(name)) !== 'withheld' || undecided.has(sourceOf(name))) return [];
    return [{ type: 'clearAttribute', name, before, reason: 'consent.withheld' }];
  });
}

/** Something mandatory was refused. */
export function refusal({ refusedMandatory }: WeighedConsent): Denial | undefined {
  if (!refusedMandatory) return undefined;
  return { reason: 'consent.refused', message: `The person refused something mandatory of the purpose "${refusedMandatory.name}".` };
}

/**
 * The person was asked about everything and refused something mandatory: there is no account, whatever else they were asked, and by
 * `onConsentRefused` the login is denied or goes on without one.
 */
export function refusedConsent(input: PlanInput, steps: readonly PlanStep[] = []): Decision | undefined {
  const consent = weigh(input);
  const refused = consent.ask.length === 0 ? refusal(consent) : undefined;
  if (!refused) return undefined;
  return input.identityProvider.jit.onConsentRefused === 'admit' ? skip(input, steps, refused.reason, false) : denied(refused, steps);
}

/** Without what is withheld: neither stored nor told to applications. */
export const withoutWithheld = (attributes: Attributes, { justifies }: WeighedConsent): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => justifies(sourceOf(name)) !== 'withheld'));
