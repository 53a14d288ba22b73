import { createHash, randomBytes } from 'node:crypto';
import { jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Answer, Browser } from './browser.js';

/** An application and the OpenID Provider that it sends people to. */
export interface Parties {
  /** Of the provider: its issuer. */
  readonly origin: string;
  readonly paths: { readonly authorize: string; readonly token: string };
  readonly keys: JWTVerifyGetKey;
  readonly client: { readonly id: string; readonly secret: string; readonly redirectUri: string };
}

/** What an application has of a login that was answered. */
export interface LoggedIn {
  /** The claims of the ID token. */
  readonly idToken: JWTPayload;
  readonly accessToken: string;
}

/** Where a login stopped. */
export class LoginStopped extends Error {
  constructor(
    readonly address: string,
    readonly answer: Answer,
  ) {
    super(`${address} answered ${JSON.stringify(answer).slice(0, 500)}`);
  }
}

/**
 * The whole journey of a login: authorize, every redirect, code, token, ID token checked.
 * @param parameters what the application adds to its request, such as `login_hint`
 * @throws LoginStopped when somebody answered otherwise; other errors when nobody did
 */
export async function logIn(browser: Browser, parties: Parties, parameters: Readonly<Record<string, string>>): Promise<LoggedIn> {
  const { origin, paths, client } = parties;
  const verifier = randomBytes(32).toString('base64url');
  const [state, nonce] = [randomBytes(16).toString('base64url'), randomBytes(16).toString('base64url')];
  const query = new URLSearchParams({
    client_id: client.id,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  const end = await follow(browser, `${origin}${paths.authorize}?${query.toString()}`, client.redirectUri);
  const back = new URL(end).searchParams;
  const code = back.get('code');
  if (back.get('state') !== state || code === null) throw new LoginStopped(end, { status: 303, location: end, body: '' });
  const tokens = await redeem(browser, parties, code, verifier);
  const { payload } = await jwtVerify(tokens.id_token ?? '', parties.keys, { issuer: origin, audience: client.id });
  if (payload.nonce !== nonce || !payload.sub) throw new Error(`a wrong ID token: ${JSON.stringify(payload)}`);
  return { idToken: payload, accessToken: tokens.access_token ?? '' };
}

async function follow(browser: Browser, from: string, until: string): Promise<string> {
  let next = from;
  for (let hops = 0; !next.startsWith(until); hops += 1) {
    const answer = await browser.request(next);
    const form = agreement(next, answer);
    const { location } = form ? await browser.request(form.action, form) : answer;
    if (!location || hops > 10) throw new LoginStopped(next, answer);
    next = location;
  }
  return next;
}

type Tokens = Partial<Record<'id_token' | 'access_token', string>>;

async function redeem(browser: Browser, { origin, paths, client }: Parties, code: string, verifier: string): Promise<Tokens> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    code_verifier: verifier,
  });
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const address = `${origin}${paths.token}`;
  const answer = await browser.request(address, { method: 'POST', headers, body: body.toString() });
  if (answer.status !== 200) throw new LoginStopped(address, answer);
  return JSON.parse(answer.body) as Tokens;
}

/** The form that agrees to everything, when Foyer shows a page that asks. */
function agreement(
  address: string,
  answer: Answer,
): { action: string; method: string; headers: Record<string, string>; body: string } | undefined {
  const action = /action="([^"]+\/prompt)"/.exec(answer.body)?.[1];
  if (answer.status !== 200 || action === undefined) return undefined;
  const fields = answer.body.slice(answer.body.indexOf(action), answer.body.indexOf('</form>'));
  const inputs = [...fields.matchAll(/<input type="(?:hidden|checkbox)" name="([^"]*)" value="([^"]*)"/g)];
  const body = new URLSearchParams();
  for (const [, name = '', value = ''] of inputs) body.append(name, value.replaceAll('&quot;', '"').replaceAll('&#x3D;', '='));
  body.set('decision', 'agree');
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { action: new URL(action, address).href, method: 'POST', headers, body: body.toString() };
}
