import { Cookies, type Settings } from '@foyer/platform';
import { resumePath } from '../interactions/oidc-login-answerer.js';

/** What the cookies of `oidc-provider` are called. The one for resuming is bound to the path of the one authorization request that it belongs to. */
export function cookieNames(settings: Pick<Settings, 'publicUrl'>): { readonly session: string; readonly resume: string } {
  const cookies = new Cookies(settings);
  return { session: cookies.name('foyer_session'), resume: cookies.name('foyer_resume', resumePath) };
}
