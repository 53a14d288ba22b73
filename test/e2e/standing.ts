import type { Browser } from '../../apps/demo/browserless/index.js';
import type { Application } from './parties.js';
import type { Site } from './site.js';

/** Somebody who logged in to an application. */
export interface Visit {
  readonly browser: Browser;
  readonly person: Awaited<ReturnType<Application['logIn']>>;
}

/** How each thing that a login gave answers now. */
export async function standing(
  site: Site,
  application: Application,
  { browser, person }: Visit,
): Promise<Record<'userinfo' | 'refresh' | 'session' | 'account', unknown>> {
  const userinfo = await fetch(`${site.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${person.accessToken}` } });
  const refresh = await application.token({ grant_type: 'refresh_token', refresh_token: person.refreshToken ?? '' });
  const { page } = await application.ask(browser, { prompt: 'none' });
  const account = await browser.open(`${site.url}/account`);
  return {
    userinfo: userinfo.status,
    refresh: refresh.status,
    session: application.answer(page).searchParams.get('error') ?? 'open',
    account: account.title.startsWith('Your account') ? 'shown' : 'hidden',
  };
}

export const alive = { userinfo: 200, refresh: 200, session: 'open', account: 'shown' };
export const dead = { userinfo: 401, refresh: 400, session: 'login_required', account: 'hidden' };
