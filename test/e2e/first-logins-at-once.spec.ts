import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { testDatabase } from '../support/mariadb.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { Site } from './site.js';

const logins = 50;

let acme: ScriptedProvider;

beforeAll(async () => {
  acme = await ScriptedProvider.start();
});
afterAll(() => acme.close());

const settings = (): object => ({
  identityProviders: [providerSettings('acme', acme.issuer)],
  applications: [applicationSettings('intranet', { identityProviders: ['acme'] })],
});

/** Logs one person in, 50 times at once, spread over the servers. @returns what they are called by each */
async function logInAtOnce(sites: readonly Site[], person: string): Promise<Set<unknown>> {
  acme.nextPerson = { sub: `subject-of-${person}`, claims: { preferred_username: person, email: `${person}@acme.example` } };
  const applications = sites.map((site) => new Application(site, 'intranet'));
  const subjects = Array.from({ length: logins }, async (_, index) => {
    const person = await applications[index % applications.length]?.logIn(newBrowser());
    return person?.idTokenClaims['sub'];
  });
  return new Set(await Promise.all(subjects));
}

async function expectOneAccount(site: Site, person: string, subjects: Set<unknown>): Promise<void> {
  const api = await site.admin();
  const { total, items } = await api.get(`/users?username=${person}`);
  expect({ total, items }).toEqual({
    total: 1,
    items: [
      expect.objectContaining({
        username: person,
        attributes: { email: `${person}@acme.example` },
        links: [{ identityProvider: 'acme', subject: `subject-of-${person}`, active: true }],
      }),
    ],
  });
  const [subject] = subjects;
  expect([...subjects]).toEqual([subject]);
  expect(await api.get(`/users/${String(subject)}`)).toMatchObject({ username: person });
  expect(await api.get(`/journal?userId=${String(subject)}&outcome=create`)).toMatchObject({ total: 1 });
}

describe(`${logins} first logins of one person at the same moment`, () => {
  test('all succeed, with one account and one link', async () => {
    const site = await Site.start({ settings: settings() });
    try {
      await expectOneAccount(site, 'anna', await logInAtOnce([site], 'anna'));
      expect(await (await site.admin()).get('/logins?outcome=answered')).toMatchObject({ total: logins });
    } finally {
      await site.close();
    }
  });

  test('on two servers that share one MariaDB, too', async () => {
    const { url } = await testDatabase();
    const env = { FOYER_DATABASE_URL: url, FOYER_SECRET_KEY: randomBytes(32).toString('base64url') };
    const first = await Site.start({ settings: settings(), env });
    const second = await Site.start({ settings: settings(), env });
    try {
      await expectOneAccount(second, 'ben', await logInAtOnce([first, second], 'ben'));
      expect(await (await first.admin()).get('/logins?outcome=answered')).toMatchObject({ total: logins });
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});
