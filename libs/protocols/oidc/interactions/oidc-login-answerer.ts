import { FoyerError, type ShortLivedState } from '@foyer/platform';
import type { Authentication, LoginAnswerer, LoginFailure } from '@foyer/login';
import { setLoginId } from '../provider/login-of.js';

/** The path below which an authorization request goes on, followed by its interaction's id. */
export const resumePath = '/oauth2/authorize/';

const kind = 'Interaction';
const released = 'released';

/** The login in whose session a person agreed to what the application learns, according to the answer to an interaction. */
export function releasedIn(result: object | undefined): string | undefined {
  const value: unknown = result && Reflect.get(result, released);
  return typeof value === 'string' ? value : undefined;
}

/**
 * Gives the answer to a login back to the authorization request that asked for it. It is stored with the interaction, and the browser is sent to
 * where `oidc-provider` picks it up: a request that carries the cookie of the browser that began.
 */
export class OidcLoginAnswerer implements LoginAnswerer {
  readonly protocol = 'oidc';

  constructor(
    private readonly state: ShortLivedState,
    private readonly publicUrl: string,
  ) {}

  succeed(correlation: string, authentication: Authentication): Promise<string> {
    const { subject, authTime, acr, amr, loginId } = authentication;
    const login = { accountId: subject, ts: authTime, acr, amr: amr && [...amr] };
    setLoginId(login, loginId);
    // A login answers `prompt=select_account` and `prompt=consent`, too.
    return this.answer(correlation, { login, select_account: {}, consent: {} });
  }

  release(correlation: string, loginId: string): Promise<string> {
    return this.answer(correlation, { [released]: loginId, consent: {} });
  }

  fail(correlation: string, failure: LoginFailure): Promise<string> {
    return this.answer(correlation, { error: failure.error, error_description: failure.description });
  }

  private async answer(correlation: string, result: object): Promise<string> {
    const entry = await this.state.get(kind, correlation);
    const written =
      entry !== undefined &&
      typeof entry.value === 'object' &&
      (await this.state.replace(kind, correlation, entry.version, { value: { ...entry.value, result }, expiresAt: entry.expiresAt }));
    if (!written)
      throw new FoyerError('invalid', 'login.expired', 'The application’s request has expired. Go back to it and sign in again.');
    return `${this.publicUrl}${resumePath}${correlation}`;
  }
}
