import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../apps/demo/browserless/index.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { jsonObject } from './admin-client.js';
import { Application, applicationSettings, loginIdOn, newBrowser, providerSettings } from './parties.js';
import { Site } from './site.js';

let acme: ScriptedProvider;
const settings = (): object => ({
  identityProviders: [providerSettings('acme', acme.issuer)],
  applications: [applicationSettings('intranet', { identityProviders: ['acme'], local: true })],
});

beforeAll(async () => {
  acme = await ScriptedProvider.start();
});
afterAll(() => acme.close());

/** What a request says that came through the proxies with these addresses, the client's first. */
const from = (...addresses: string[]) => ({ 'x-forwarded-for': addresses.join(', ') });

describe('behind a proxy that ends https', () => {
  const publicUrl = 'https://login.example.org';
  let site: Site;

  beforeAll(async () => {
    const env = {
      FOYER_PUBLIC_URL: publicUrl,
      FOYER_TRUSTED_PROXIES: '127.0.0.0/8,::1/128,10.0.0.0/8',
      FOYER_OUTGOING_ALLOW: '127.0.0.1/32',
    };
    site = await Site.start({ settings: settings(), env });
  });
  afterAll(() => site.close());

  /** As the proxy passes it on: by plain http, with any host. */
  const open = (address: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(address.replace(publicUrl, site.url), { redirect: 'manual', headers });
  const authorize = (query = ''): string =>
    `${publicUrl}/oauth2/authorize?client_id=intranet&response_type=code&scope=openid&redirect_uri=https://intranet.example/callback${query}`;
  const guess = (forwarded: Record<string, string>): Promise<Response> =>
    fetch(`${site.url}/oauth2/token`, {
      method: 'POST',
      headers: { ...forwarded, authorization: `Basic ${Buffer.from('intranet:wrong').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x' }),
    });

  test('every cookie is for https alone, and no other host and no plain http can set one', async () => {
    const jar = new Map<string, string>();
    const cookies: string[] = [];
    for (let next: string | undefined = authorize('&idp_hint=acme'); next && !next.startsWith('https://intranet.example');) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await open(next, { cookie, host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' });
      cookies.push(...response.headers.getSetCookie());
      for (const line of response.headers.getSetCookie()) jar.set(line.split('=')[0] ?? '', line.split(/[=;]/)[1] ?? '');
      if (next.startsWith(publicUrl)) expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000');
      const location: string = response.headers.get('location') ?? '';
      expect(location).not.toContain('evil');
      next = location.startsWith(acme.issuer) ? acme.authorize(location) : location;
    }
    expect([...jar.keys()].map((name) => name.replace(/_[0-9a-f]{12}$/, '')).toSorted()).toEqual([
      '__Host-foyer_login',
      '__Host-foyer_session',
      '__Secure-foyer_resume',
    ]);
    for (const line of cookies) {
      expect(line).toMatch(/; secure(;|$)/i);
      expect(line).toMatch(/; httponly(;|$)/i);
      expect(line).toMatch(/; samesite=lax(;|$)/i);
      expect(line).not.toMatch(/; domain=/i);
      expect(line).toMatch(line.startsWith('__Host-') ? /; path=\/(;|$)/i : /; path=\/oauth2\/authorize\/[\w-]+(;|$)/i);
    }
  });

  test('failures count for the client, whatever else it says of itself', async () => {
    for (let tries = 0; tries < 100; tries += 1) {
      expect((await guess(from(`198.51.100.${tries}`, '203.0.113.7', '10.0.0.9'))).status).toBe(401);
    }
    const refused = await guess(from('198.51.100.200', '203.0.113.7'));
    expect({ status: refused.status, wait: Number(refused.headers.get('retry-after')) }).toMatchObject({
      status: 429,
      wait: expect.any(Number),
    });
    expect(await jsonObject(refused)).toMatchObject({ error: 'temporarily_unavailable' });
    expect((await guess(from('203.0.113.7', '203.0.113.8'))).status).toBe(401);
    const api = await fetch(`${site.url}/api/v1/users`, { headers: { ...from('203.0.113.7'), authorization: 'Bearer x' } });
    expect({ status: api.status, wait: api.headers.get('retry-after') }).toEqual({ status: 429, wait: expect.stringMatching(/^\d+$/) });
    const callback = await open(`${publicUrl}/federation/oidc/callback/acme`, from('203.0.113.7'));
    expect({ status: callback.status, wait: callback.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: expect.stringMatching(/^\d+$/),
    });
  });

  test('the addresses of one IPv6 network count as one', async () => {
    for (let tries = 0; tries < 100; tries += 1) expect((await guess(from(`2001:db8:1:2::${tries.toString(16)}`))).status).toBe(401);
    expect((await guess(from('2001:db8:1:2:ffff:ffff:ffff:ffff'))).status).toBe(429);
    expect((await guess(from('2001:db8:1:3::1'))).status).toBe(401);
  });
});

describe('with a rate for each address', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start({
      settings: settings(),
      env: { FOYER_RATE_LIMIT_PER_ADDRESS: '5', FOYER_TRUSTED_PROXIES: '127.0.0.0/8,::1/128' },
    });
  });
  afterAll(() => site.close());

  const openId = ['/oauth2/token', '/oauth2/authorize', '/oauth2/jwks', '/federation/oidc/callback/acme'];
  const paths = ['/health/live', '/login/x', '/account', '/api/v1/users', ...openId, '/nowhere'];

  test.each(paths.map((path, index) => [path, `203.0.113.${index}`] as const))('%s is no exception', async (path, address) => {
    const forwarded = from(address);
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(site.url + path, { headers: forwarded, redirect: 'manual' })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(5);
    for (const { headers } of refused) {
      expect(headers.get('retry-after')).toBe('1');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
    }
    const body = await jsonObject(refused[0] ?? new Response());
    expect(body).toMatchObject(path.startsWith('/oauth2/') ? { error: 'temporarily_unavailable' } : { code: 'rateLimit.exceeded' });
  });

  test('a request to the admin API counts once', async () => {
    const call = (): Promise<Response> =>
      fetch(`${site.url}/api/v1/users`, { headers: { ...from('203.0.113.200'), authorization: 'Bearer x' } });
    const statuses = (await Promise.all(Array.from({ length: 5 }, call))).map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 401, 401]);
  });
});

describe('an identity provider that points Foyer at', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start({ settings: settings() });
  });
  afterAll(() => site.close());

  test.each([
    ['the metadata service', 'http://169.254.169.254'],
    ['the metadata service in IPv6 clothes', 'http://[::ffff:169.254.169.254]'],
    ['the metadata service by NAT64', 'http://[64:ff9b::a9fe:a9fe]'],
    ['an internal network', 'https://10.0.0.1'],
    ['an internal network as a number', 'https://167772161'],
    ['anything', 'http://0.0.0.0'],
  ])('%s sees its login end, and nobody is told where it pointed', async (_, target) => {
    acme.misbehaviour = {
      answer: (path, response) => {
        if (!path.startsWith('/.well-known')) return false;
        const endpoints = {
          authorization_endpoint: `${acme.issuer}/authorize`,
          token_endpoint: `${target}/token`,
          jwks_uri: `${target}/jwks`,
        };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ issuer: acme.issuer, ...endpoints }));
        return true;
      },
    };
    const api = await site.admin();
    await api.patch('/identity-providers/acme', { displayName: `pointing at ${target}` });
    const intranet = new Application(site, 'intranet');
    const browser = newBrowser();
    const { page } = await intranet.ask(browser, { idp_hint: 'acme' });
    expect({ status: page.status, text: page.text }).toMatchObject({ status: 502, text: expect.stringContaining('outgoing.refused') });
    const host = new URL(target).hostname;
    expect(page.body).not.toContain(host);
    const line = await site.logged({ loginId: loginIdOn(page) });
    expect(JSON.stringify(line)).toContain('FOYER_OUTGOING_ALLOW');
    const back = await browser.press(page, 'Back to The intranet');
    expect(intranet.answer(back).searchParams.get('error')).toBe('server_error');
    expect(back.redirectTo).not.toContain(host);
    acme.misbehaviour = {};
  });
});

test('what applications get wrong is counted, and a browser without cookies is told so', async () => {
  const site = await Site.start({ settings: settings() });
  try {
    await fetch(`${site.url}/oauth2/authorize?client_id=nobody`);
    await fetch(`${site.url}/oauth2/authorize?client_id=intranet&response_type=code&redirect_uri=https://evil.example`);
    const metrics = await (await fetch(`${site.url}/metrics`)).text();
    for (const error of ['invalid_client', 'invalid_redirect_uri'])
      expect(metrics).toContain(`foyer_oidc_requests_refused_total{error="${error}"} 1`);
    const { redirectTo } = await new Application(site, 'intranet').request();
    const response = await fetch(redirectTo, { redirect: 'manual' });
    const page = await new Browser().open(response.headers.get('location') ?? '');
    expect({ status: page.status, text: page.text }).toMatchObject({ status: 400, text: expect.stringContaining('login.otherBrowser') });
  } finally {
    await site.close();
  }
});
