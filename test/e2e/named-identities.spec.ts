import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ScriptedProvider } from '../support/scripted-provider.js';
import type { AdminAnswer } from './admin-client.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { Site } from './site.js';
import { alive, dead, standing, type Visit } from './standing.js';

let acme: ScriptedProvider;
let globex: ScriptedProvider;
/** Not configured: whoever wants to be acme. */
let impostor: ScriptedProvider;
let site: Site;
/** Opened by acme, which lets in whom an administrator named. */
let intranet: Application;
/** Opened by globex, which does not. */
let shop: Application;

const preProvisioned = { jit: { enabled: true, linking: { existing: 'pre-provisioned' } } };

beforeAll(async () => {
  [acme, globex, impostor] = [await ScriptedProvider.start(), await ScriptedProvider.start(), await ScriptedProvider.start()];
  site = await Site.start({
    settings: {
      identityProviders: [providerSettings('acme', acme.issuer, preProvisioned), providerSettings('globex', globex.issuer)],
      applications: [
        applicationSettings('intranet', { identityProviders: ['acme'] }),
        applicationSettings('shop', { identityProviders: ['globex'] }),
      ],
    },
  });
  intranet = new Application(site, 'intranet');
  shop = new Application(site, 'shop');
});
afterEach(() => {
  for (const provider of [acme, globex, impostor]) provider.nextPerson = undefined;
});
afterAll(async () => {
  await site.close();
  await Promise.all([acme.close(), globex.close(), impostor.close()]);
});

const identity = (subject: string, identityProvider = 'acme') => ({ identityProvider, subject });

async function createUser(username: string, body: object = {}): Promise<{ id: string; path: string }> {
  const { status, body: created } = await (await site.admin()).request('POST', '/users', { username, ...body });
  if (status !== 201) throw new Error(`POST /users answered ${status}: ${JSON.stringify(created)}`);
  const id = String(created['id']);
  return { id, path: `/users/${id}` };
}

const change = async (path: string, patch: object): Promise<AdminAnswer> => {
  const answer = await (await site.admin()).patch(path, patch);
  expect(answer).toMatchObject({ status: 200 });
  return answer;
};

/** Somebody logs in: at every provider they say that they are `sub`, and called like the account `username`. */
async function logIn(application: Application, sub: string, username = sub): Promise<Visit & { sub: unknown }> {
  for (const provider of [acme, globex, impostor]) provider.nextPerson = { sub, claims: { preferred_username: username } };
  const browser = newBrowser();
  const person = await application.logIn(browser);
  return { browser, person, sub: person.idTokenClaims['sub'] };
}

describe('an identity that an administrator names', () => {
  test('leads to the account from its first login on', async () => {
    const { id, path } = await createUser('anna', { links: [identity('anna-at-acme')], attributes: { locale: 'sv' } });
    expect(await (await site.admin()).get(path)).toMatchObject({ links: [{ ...identity('anna-at-acme'), active: false }] });
    const { sub, person } = await logIn(intranet, 'anna-at-acme', 'somebody');
    expect(sub).toBe(id);
    expect(person.userinfo).toMatchObject({ preferred_username: 'anna', locale: 'sv' });
    expect(await (await site.admin()).get(path)).toMatchObject({ links: [{ ...identity('anna-at-acme'), active: true }] });
    expect((await logIn(intranet, 'anna-at-acme')).sub).toBe(id);
  });

  test('is that of one provider, byte for byte', async () => {
    const { id } = await createUser('ben', { links: [identity('ben-at-acme')] });
    expect((await logIn(shop, 'ben-at-acme', 'ben-elsewhere')).sub).not.toBe(id);
    expect((await logIn(intranet, 'Ben-at-acme', 'ben-in-capitals')).sub).not.toBe(id);
    expect((await logIn(intranet, 'ben-at-acme')).sub).toBe(id);
  });

  test('does not count at a provider whose settings do not say so', async () => {
    const { path } = await createUser('chloe', { links: [identity('chloe-at-globex', 'globex')] });
    globex.nextPerson = { sub: 'chloe-at-globex', claims: { preferred_username: 'chloe' } };
    const { page } = await shop.ask(newBrowser());
    expect({ status: page.status, text: page.text }).toMatchObject({ status: 403, text: expect.stringContaining('link.named') });
    expect(await (await site.admin()).get(path)).toMatchObject({ links: [{ active: false }] });
  });

  test('is of nobody any more once it is taken away: the person is a stranger', async () => {
    const { id, path } = await createUser('dora', { links: [identity('dora-at-acme')] });
    await change(path, { links: [] });
    expect((await logIn(intranet, 'dora-at-acme', 'dora-again')).sub).not.toBe(id);
  });
});

test('taking a link away ends at once what came by it, and nothing that came by another', async () => {
  const links = [identity('emil-at-acme'), identity('emil-at-globex', 'globex')];
  const { id, path } = await createUser('emil', { links });
  await change('/identity-providers/globex', preProvisioned);
  const [byAcme, byGlobex] = [await logIn(intranet, 'emil-at-acme'), await logIn(shop, 'emil-at-globex')];
  expect([byAcme.sub, byGlobex.sub]).toEqual([id, id]);
  await change(path, { links: links.slice(1) });
  expect(await standing(site, intranet, byAcme)).toEqual(dead);
  expect(await standing(site, shop, byGlobex)).toEqual(alive);
  const last = await (await site.admin()).patch(path, { links: [] });
  expect(last).toMatchObject({ status: 409, body: { code: 'link.last' } });
  expect(await standing(site, shop, byGlobex)).toMatchObject({ userinfo: 200, session: 'open' });
});

describe('attacks', () => {
  test('an identity provider that is re-pointed at another issuer finds no link of the first one', async () => {
    const active = await logIn(intranet, 'frida');
    const named = await createUser('gustav', { links: [identity('gustav-at-acme')] });
    await change('/identity-providers/acme', { oidc: { issuer: impostor.issuer } });
    expect((await logIn(intranet, 'frida', 'frida-of-the-impostor')).sub).not.toBe(active.sub);
    expect((await logIn(intranet, 'gustav-at-acme', 'gustav-of-the-impostor')).sub).not.toBe(named.id);
    await change('/identity-providers/acme', { oidc: { issuer: acme.issuer } });
    expect((await logIn(intranet, 'frida')).sub).toBe(active.sub);
    expect((await logIn(intranet, 'gustav-at-acme')).sub).toBe(named.id);
  });

  test('an identity provider that is deleted and created again under its name finds no link of the first one', async () => {
    const active = await logIn(intranet, 'hanna');
    const named = await createUser('ivar', { links: [identity('ivar-at-acme')] });
    const api = await site.admin();
    await change('/applications/intranet', { login: { identityProviders: ['globex'] } });
    const { etag } = await api.request('GET', '/identity-providers/acme');
    expect(await api.request('DELETE', '/identity-providers/acme', undefined, etag)).toMatchObject({ status: 204 });
    const again = providerSettings('acme', acme.issuer, preProvisioned);
    expect(await api.request('POST', '/identity-providers', again)).toMatchObject({ status: 201 });
    await change('/applications/intranet', { login: { identityProviders: ['acme'] } });
    expect(await standing(site, intranet, active)).toEqual(dead);
    expect((await logIn(intranet, 'hanna', 'hanna-again')).sub).not.toBe(active.sub);
    expect((await logIn(intranet, 'ivar-at-acme', 'ivar-again')).sub).not.toBe(named.id);
    expect(await api.get(named.path)).toMatchObject({ links: [{ ...identity('ivar-at-acme'), active: false }] });
  });

  test('a subject that equals the id of another user is a stranger', async () => {
    const { id } = await createUser('karin', { links: [identity('karin-at-acme')] });
    expect((await logIn(intranet, id, 'not-karin')).sub).not.toBe(id);
  });
});
