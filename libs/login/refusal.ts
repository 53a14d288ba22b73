import { FoyerError } from '@foyer/platform';
import type { Login } from './login.js';

/** Requests that are refused without touching the login that they name: it may belong to somebody else. */
const sentences = {
  'login.expired': 'The login is over or took too long.',
  'login.repeated': 'The login was already used.',
  'login.stale': 'The answer belongs to an earlier choice of the same login.',
  'login.running': 'The login is being completed by another request.',
  'login.otherBrowser': 'The login was started in another browser.',
  'login.otherProvider': 'The answer came to the address of another identity provider.',
  'login.signedOut': 'The session that the login belongs to has ended.',
  'login.csrf': 'The form was not sent from its page.',
  'login.badRequest': 'The request was not understood.',
} as const;

export type RefusalCode = keyof typeof sentences;

/** A refused request: the login, if it is known that the request is about it, helps to find the way back to the application. */
export class LoginRefused extends FoyerError {
  constructor(
    code: RefusalCode,
    readonly about?: { readonly loginId: string; readonly application: string; readonly login?: Login },
  ) {
    super('invalid', code, sentences[code]);
    this.name = 'LoginRefused';
  }
}

/** A refusal that is about a login that was found. */
export const refuse = (code: RefusalCode, login: Login): LoginRefused =>
  new LoginRefused(code, { loginId: login.id, application: login.request.application, login });
