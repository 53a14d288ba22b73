import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { FoyerError } from '@foyer/platform';
import { application, authorize, logIn, newBrowser, openWorld, type OidcWorld } from './world.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-oidc-'));
const intranet = application('intranet', {});
const callback = 'https://intranet.example/callback';
let world: OidcWorld;

beforeAll(async () => {
  world = await openWorld({ folder, applications: () => [intranet] });
});
afterEach(() => void jest.restoreAllMocks());
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** From now on sessions cannot be written, for a reason of that kind. */
function failToSave(error: Error): void {
  const { state } = world;
  const put = state.put.bind(state);
  jest.spyOn(state, 'put').mockImplementation((kind, ...rest) => (kind === 'Session' ? Promise.reject(error) : put(kind, ...rest)));
}

test.each([
  ['is away for a moment', new FoyerError('unavailable', 'redis.unavailable', 'Redis does not answer'), 503, 'redis.unavailable'],
  ['fails', new Error('what only the log may say'), 500, 'oidc.server_error'],
])('a login whose session cannot be kept, because what keeps it %s, ends with a page', async (_why, error, status, code) => {
  failToSave(error);
  const { page, back } = await authorize(await world.discover(intranet.oidc), callback);
  expect(back).toBeUndefined();
  expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({ status, type: 'text/html; charset=utf-8' });
  expect(page.text).toContain(code);
  expect(page.text).not.toContain('what only the log may say');
});

test('neither does single sign-on hand out a code then, and afterwards it goes on', async () => {
  const rp = await world.discover(intranet.oidc);
  const browser = newBrowser();
  await logIn(rp, callback, {}, browser);
  failToSave(new FoyerError('unavailable', 'redis.unavailable', 'Redis does not answer'));
  const { page, back } = await authorize(rp, callback, {}, browser);
  expect({ status: page.status, back }).toEqual({ status: 503, back: undefined });
  jest.restoreAllMocks();
  expect((await logIn(rp, callback, { prompt: 'none' }, browser)).tokens.claims()?.sub).toBeDefined();
});
