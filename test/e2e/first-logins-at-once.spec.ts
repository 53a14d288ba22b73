import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LoggedIn } from '../../apps/demo/application/relying-party.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { testDatabase } from '../support/mariadb.js';
import { Application, applicationSettings, codeOn, newBrowser, providerSettings } from './parties.js';
import { Site, until } from './site.js';

const logins = 50;

let acme: ScriptedProvider;
let sites: readonly Site[];

/** 50 at once are asked for by one process: a busy machine takes its time to answer all of them. */
const patient = (name: string) => ({
  ...{ issuer: acme.issuer, clientId: 'foyer', clientSecret: `secret of Foyer at ${name}`, timeoutMs: 30_000 },
});

const settings = (): object => ({
  identityProviders: [
    providerSettings('acme', acme.issuer, { oidc: patient('acme') }),
    providerSettings('asking', acme.issuer, {
      oidc: patient('asking'),
      claims: { userId: 'preferred_username', mappings: [{ from: 'email', to: 'email' }] },
      jit: { enabled: true, prompt: 'consent' },
    }),
  ],
  applications: [applicationSettings('intranet', { identityProviders: ['acme', 'asking'] })],
});

/** Does it for each of 50 people, all at once, spread over the servers. */
function eachAtOnce<T>(does: (intranet: Application, index: number) => Promise<T>): Promise<T[]> {
  const applications = sites.map((site) => new Application(site, 'intranet'));
  return Promise.all(
    Array.from({ length: logins }, async (_, index) => {
      const application = applications[index % applications.length];
      if (!application) throw new Error('No server');
      return does(application, index);
    }),
  );
}

const called = (person: string): void => {
  acme.nextPerson = { sub: `subject-of-${person}`, claims: { preferred_username: person, email: `${person}@acme.example` } };
};

/** What each login said who it was is the same, and known once. */
async function expectOneAccount(person: string, identityProvider: string, people: readonly LoggedIn[]): Promise<unknown> {
  const subjects = people.map(({ idTokenClaims }) => idTokenClaims['sub']);
  const api = await sites.at(-1)?.admin();
  expect(await api?.get(`/users?username=${person}`)).toMatchObject({
    total: 1,
    items: [
      {
        username: person,
        attributes: { email: `${person}@acme.example` },
        links: [{ identityProvider, subject: `subject-of-${person}`, active: true }],
      },
    ],
  });
  const [subject] = subjects;
  expect(subjects).toEqual(Array.from({ length: logins }, () => subject));
  expect(await api?.get(`/users/${String(subject)}`)).toMatchObject({ username: person });
  expect(await api?.get(`/journal?userId=${String(subject)}&outcome=create`)).toMatchObject({ total: 1 });
  // Each server writes its rows a moment later, together.
  await until(
    'every login is told',
    async () => (await api?.get(`/logins?outcome=answered&userId=${String(subject)}`))?.['total'] === logins,
  );
  return subject;
}

describe.each([
  ['one server', 1, () => Promise.resolve({})],
  [
    'two servers that share a MariaDB',
    2,
    async () => ({ FOYER_DATABASE_URL: (await testDatabase()).url, FOYER_SECRET_KEY: randomBytes(32).toString('base64url') }),
  ],
] as const)(`${logins} first logins at the same moment on %s`, (_name, servers, environment) => {
  beforeAll(async () => {
    acme = await ScriptedProvider.start(0, (hint) => ({ sub: hint, claims: { preferred_username: hint.replace(/-.*/, '') } }));
    const env = await environment();
    sites = [];
    while (sites.length < servers) sites = [...sites, await Site.start({ settings: settings(), env })];
  }, 60_000);
  afterAll(async () => {
    await Promise.all([...sites.map((site) => site.close()), acme.close()]);
  });

  test('of one person: all succeed, with one account and one link', async () => {
    called('anna');
    const people = await eachAtOnce((intranet) => intranet.logIn(newBrowser(), { idp_hint: 'acme' }));
    await expectOneAccount('anna', 'acme', people);
  });

  test('of one person who agrees in each of them: all succeed, with one account, one link and one receipt', async () => {
    called('ben');
    const asked = await eachAtOnce(async (intranet) => {
      const browser = newBrowser();
      return { intranet, browser, ...(await intranet.ask(browser, { idp_hint: 'asking' })) };
    });
    const people = await Promise.all(
      asked.map(async ({ intranet, browser, page, pending }) =>
        intranet.redeem({ page: await browser.press(page, 'Agree and continue'), pending }),
      ),
    );
    const subject = await expectOneAccount('ben', 'asking', people);
    const receipts = await sites[0]?.admin().then((api) => api.get(`/consent-receipts?userId=${String(subject)}`));
    expect(receipts).toMatchObject({ total: 1, items: [{ state: 'accepted', accepted: ['email'] }] });
  });

  test('of different people who are called the same: one gets the name, the others are told why they do not', async () => {
    acme.nextPerson = undefined;
    const pages = await eachAtOnce(async (intranet, index) => {
      const { page } = await intranet.ask(newBrowser(), { idp_hint: 'acme', login_hint: `chloe-${index}` });
      return page;
    });
    const denied = pages.filter(({ redirectTo }) => redirectTo === undefined);
    expect(denied).toHaveLength(logins - 1);
    for (const page of denied) {
      expect({ status: page.status, code: codeOn(page) }).toEqual({ status: 403, code: 'username.taken' });
      expect(page.text).toContain('An account with your username already exists here');
    }
    const api = await sites[0]?.admin();
    expect(await api?.get('/users?username=chloe')).toMatchObject({ total: 1, items: [{ links: [{ active: true }] }] });
    expect(await api?.get('/journal?outcome=deny')).toMatchObject({ total: logins - 1 });
  });
});
