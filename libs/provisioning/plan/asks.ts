import { mixesScripts, usernameProblem } from '@foyer/userstores';
import { askConsent, askedBefore, weigh } from './consent.js';
import type { PlanInput } from './plan-input.js';
import type { Ask, AskPassword, AskUsername } from './plan-steps.js';
import type { Place } from './place.js';
import type { StoreView } from './snapshot.js';

/**
 * What a person still has to be asked before their account is created; empty when everything is answered. It is one page: as long as anything on
 * it is missing or wrong, all of it is asked again, because nothing of an answer is kept. A job asks nobody: its login did.
 */
export function askedOfNewAccount(input: PlanInput, store: StoreView, place: Place): readonly Ask[] {
  if (input.during === 'job') return [];
  const username = askUsername(input, store, place);
  const password = askPassword(input, store);
  const consent = weigh(input).ask.length > 0;
  const missing = consent || isMissing(username, input.answers?.username) || isMissing(password, input.answers?.password);
  if (!missing) return [];
  const again =
    password && !password.problem && input.answers?.password !== undefined
      ? { ...password, problem: 'password.repeat' as const }
      : password;
  return [...askConsent(askedBefore(input)), ...(username ? [username] : []), ...(again ? [again] : [])];
}

const isMissing = (ask: AskUsername | AskPassword | undefined, answer: string | undefined): boolean =>
  ask !== undefined && (answer === undefined || ask.problem !== undefined);

/** An account that an earlier login began to create has its name. */
function askUsername(input: PlanInput, store: StoreView, { claimed }: Place): AskUsername | undefined {
  const { identityProvider, snapshot, answers } = input;
  if (!identityProvider.jit.prompt.startsWith('username') || snapshot.user) return undefined;
  const ask = (suggestion: string | undefined, problem?: AskUsername['problem']): AskUsername => ({
    type: 'askUsername',
    ...(suggestion !== undefined && { suggestion }),
    ...(problem && { problem }),
    reason: 'jit.prompt',
  });
  const typed = answers?.username;
  if (typed !== undefined) return ask(typed, usernameFault(typed, input, store));
  const claim = 'reason' in claimed ? undefined : claimed.username;
  return ask(claim !== undefined && !store.policies.username(claim) && !snapshot.usernameTaken ? claim : undefined);
}

function usernameFault(typed: string, { snapshot }: PlanInput, store: StoreView): AskUsername['problem'] {
  if (usernameProblem(typed) !== undefined || mixesScripts(typed)) return 'username.malformed';
  if (store.policies.username(typed)) return 'policy.username';
  return snapshot.usernameTaken ? 'username.taken' : undefined;
}

function askPassword({ identityProvider, answers }: PlanInput, store: StoreView): AskPassword | undefined {
  if (!identityProvider.jit.prompt.includes('password')) return undefined;
  const ask = { type: 'askPassword', reason: 'jit.prompt' } as const;
  const { password, passwordRepeated } = answers ?? {};
  if (password === undefined) return ask;
  if (password !== passwordRepeated) return { ...ask, problem: 'password.mismatch' };
  const violation = store.policies.password(password);
  return violation ? { ...ask, problem: 'policy.password', message: violation.message } : ask;
}
