import { FoyerError, type Clock } from '@foyer/platform';
import type { LocalAccounts } from '../local-accounts.js';
import type { Login } from '../login.js';
import type { Openings } from '../openings.js';
import type { PasswordAttempts } from '../password-attempts.js';
import type { LoginInput, Mistake, Step, StepResult } from '../step.js';

export interface LocalDependencies {
  readonly openings: Openings;
  readonly accounts: LocalAccounts;
  readonly attempts: PasswordAttempts;
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

async function check({ accounts, attempts, clock }: LocalDependencies, login: Login, typed: LoginInput & { kind: 'password' }): Promise<StepResult> {
  const account = accounts.read(typed.username);
  const again = (mistake: Mistake): StepResult => ({ turn: { kind: 'signIn', mistake, typed: { username: typed.username } } });
  const retryAfter = await attempts.retryAfter(account.key, typed.address);
  if (retryAfter !== undefined) return again({ message: 'signIn.error.tooMany', status: 429, retryAfter });
  let subject: string | undefined;
  try {
    subject = await accounts.verify(account, typed.password);
  } catch (error) {
    if (error instanceof FoyerError && error.kind === 'unavailable') return again({ message: 'signIn.error.unavailable', status: 503 });
    throw error;
  }
  if (subject === undefined) {
    await attempts.failed(account.key, typed.address);
    return again({ message: 'signIn.error.credentials', status: 403 });
  }
  const authTime = Math.floor(clock.now() / 1000);
  return { stores: { authentication: { loginId: login.id, subject, account: true, attributes: {}, authTime, authTimeProven: true, amr: ['pwd'] } } };
}
