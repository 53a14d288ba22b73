import type { Clock } from '@foyer/platform';
import type { LoginAnswerer } from '../contract.js';
import { isSignedIn } from '../login.js';
import type { Step } from '../step.js';
import { answererOf } from '../answerers.js';

/** Gives the application's protocol the answer, and the browser the way there. */
export const answer =
  (answerers: readonly LoginAnswerer[], clock: Clock): Step =>
  async (login) => {
    const { request, authentication } = login;
    if (!authentication) throw new Error(`Login ${login.id}: nobody to answer for`);
    const answerer = answererOf(answerers, request.protocol);
    const redirectTo = isSignedIn(login)
      ? await answerer.release(request.correlation, authentication.loginId)
      : await answerer.succeed(request.correlation, authentication);
    return { stores: { ending: { outcome: 'answered', at: clock.now(), redirectTo } }, turn: { kind: 'redirect', to: redirectTo } };
  };
