import { FoyerError, type Clock, type RateLimits } from '@foyer/platform';
import type { LocalAccounts } from '../local-accounts.js';
import type { Login } from '../login.js';
import type { Openings } from '../openings.js';
import type { LoginInput, Mistake, Step, StepResult } from '../step.js';

export interface LocalDependencies {
  readonly openings: Openings;
  readonly accounts: LocalAccounts;
  readonly limits: RateLimits;
  readonly clock: Clock;
}

/** Checks a typed password against the user store. The password exists only in this request. */
export const authenticateLocally =
  (dependencies: LocalDependencies): Step =>
  async (login, input) => {
    if (!dependencies.openings.ways(login.request.application).local) {
      throw new FoyerError('forbidden', 'login.noProvider', 'The application no longer allows a local login.');
    }
    return input.kind === 'password' ? check(dependencies, login, input) : { turn: { kind: 'signIn' } };
  };

type Typed = LoginInput & { readonly kind: 'password' };

async function check({ accounts, limits, clock }: LocalDependencies, login: Login, typed: Typed): Promise<StepResult> {
  const account = accounts.read(typed.username);
  let subject: string | undefined;
  try {
    await limits.checkFailures(typed.address, account.key);
    subject = await accounts.verify(account, typed.password);
    if (subject === undefined) await limits.failed(typed.address, account.key);
    // Guesses that were sent all at once passed the first check together; the failures among them count before one that is right.
    else await limits.checkFailures(typed.address, account.key);
  } catch (error) {
    return again(typed, mistakeOf(error));
  }
  if (subject === undefined) return again(typed, { message: 'signIn.error.credentials', status: 403 });
  const authTime = Math.floor(clock.now() / 1000);
  return {
    stores: { authentication: { loginId: login.id, subject, account: true, attributes: {}, authTime, authTimeProven: true, amr: ['pwd'] } },
  };
}

const again = ({ username }: Typed, mistake: Mistake): StepResult => ({ turn: { kind: 'signIn', mistake, typed: { username } } });

/** What ends the attempt and not the login. */
function mistakeOf(error: unknown): Mistake {
  if (error instanceof FoyerError && error.kind === 'tooMany')
    return { message: 'signIn.error.tooMany', status: 429, retryAfter: error.retryAfter };
  if (error instanceof FoyerError && error.kind === 'unavailable') return { message: 'signIn.error.unavailable', status: 503 };
  throw error;
}
