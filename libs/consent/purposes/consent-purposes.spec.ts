import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger, FoyerError, precondition, textIn, Vault } from '@foyer/platform';
import { openSettingsSite, type SettingsSite } from '../../../test/support/settings-site.js';
import { ConsentPurposesSection } from './consent-purposes.section.js';
import { ConsentPurposes } from './consent-purposes.js';
import { noticeKey } from './notice-key.js';
import { Notices } from './notices.js';
import type { ConsentingProvider } from './purpose.js';

const section = new ConsentPurposesSection(new Vault(Buffer.alloc(32)), new Notices());
const good = { name: 'profile', title: { en: 'Profile' }, text: { en: 'Why.' }, attributes: [{ name: 'email' }] };

function faultsOf(input: unknown): string[] {
  try {
    section.normalize(input, '');
    return [];
  } catch (error) {
    if (error instanceof FoyerError) return error.faults.map(({ path, code }) => `${path} ${code}`);
    throw error;
  }
}

test('what is left out has its default', () => {
  expect(JSON.parse(JSON.stringify(section.normalize(good, '')))).toEqual({
    ...good,
    ...{ version: 1, attributes: [{ name: 'email', mandatory: false }], sharedWith: [], everyIdentityProvider: false },
  });
});

const attribute = (more: object): object => ({ ...good, attributes: [{ name: 'email', ...more }] });
const long = (length: number): string => 'a'.repeat(length);

test.each<[string, unknown, string]>([
  ['an unknown key', { ...good, colour: 'red' }, 'colour key.unknown'],
  ['no name', { ...good, name: undefined }, 'name value.missing'],
  ['a name that leaves its address', { ...good, name: '../x' }, 'name value.invalid'],
  ['a name of our own', { ...good, name: 'foyer-account' }, 'name name.reserved'],
  ['no version', { ...good, version: 0 }, 'version value.outOfRange'],
  ['half a version', { ...good, version: 1.5 }, 'version type.wrong'],
  ['no title', { ...good, title: undefined }, 'title value.missing'],
  ['a title in no language', { ...good, title: 'Profile' }, 'title type.wrong'],
  ['a title without English', { ...good, title: { de: 'Profil' } }, 'title value.missing'],
  ['a title in what is no language', { ...good, title: { en: 'a', 'en_US!': 'a' } }, 'title value.invalid'],
  ['a language in another spelling', { ...good, title: { en: 'a', 'PT-br': 'a' } }, 'title value.invalid'],
  ['a blank title', { ...good, title: { en: ' ' } }, 'title value.invalid'],
  ['a title of another type', { ...good, title: { en: 1 } }, 'title value.invalid'],
  ['a long title', { ...good, title: { en: long(256) } }, 'title value.invalid'],
  ['no text', { ...good, text: undefined }, 'text value.missing'],
  ['a long text', { ...good, text: { en: long(2001) } }, 'text value.invalid'],
  ['a retention without English', { ...good, retention: { de: 'Immer' } }, 'retention value.missing'],
  ['a retention of null', { ...good, retention: null }, 'retention type.wrong'],
  ['no attributes', { ...good, attributes: undefined }, 'attributes value.missing'],
  ['an empty list of attributes', { ...good, attributes: [] }, 'attributes value.missing'],
  ['attributes as text', { ...good, attributes: ['email'] }, 'attributes[0] type.wrong'],
  ['an attribute twice', { ...good, attributes: [{ name: 'email' }, { name: 'email' }] }, 'attributes value.duplicate'],
  ['an attribute without a name', { ...good, attributes: [{}] }, 'attributes[0].name value.missing'],
  ['an attribute with a blank', attribute({ name: 'given name' }), 'attributes[0].name value.invalid'],
  ['an attribute that is none', attribute({ name: 'sub' }), 'attributes[0].name name.reserved'],
  ['an attribute that goes with another', attribute({ name: 'emailVerified' }), 'attributes[0].name name.reserved'],
  ['an attribute that every object has', attribute({ name: '__proto__' }), 'attributes[0].name name.reserved'],
  ['mandatory as text', attribute({ mandatory: 'yes' }), 'attributes[0].mandatory type.wrong'],
  ['somebody twice', { ...good, sharedWith: ['a', 'a'] }, 'sharedWith value.duplicate'],
  ['everywhere as text', { ...good, everyIdentityProvider: 'true' }, 'everyIdentityProvider type.wrong'],
])('refused with one fault: %s', (_, input, fault) => {
  expect(faultsOf(input)).toEqual([fault]);
});

test.each([
  ['de', 'Deutsch'],
  ['de-AT', 'Deutsch'],
  ['DE', 'Deutsch'],
  ['pt-BR', 'Português'],
  ['pt', 'English'],
  ['xx', 'English'],
  ['constructor', 'English'],
])('a reader of %s reads %s', (language, text) => {
  expect(textIn({ en: 'English', de: 'Deutsch', 'pt-BR': 'Português' }, language)).toBe(text);
});

test('a notice has the key of what it says, in whatever order', () => {
  const notice = { purpose: 'p', version: 1, title: { en: 'a', de: 'b' }, text: { en: 'a' }, sharedWith: [], attributes: [] };
  expect(noticeKey(notice)).toMatch(/^[\w-]{43}$/);
  expect(noticeKey({ ...notice, title: { de: 'b', en: 'a' } })).toBe(noticeKey(notice));
  for (const other of [{ version: 2 }, { title: { en: 'a', de: 'c' } }, { retention: { en: 'a' } }, { sharedWith: ['x'] }]) {
    expect(noticeKey({ ...notice, ...other })).not.toBe(noticeKey(notice));
  }
});

let site: SettingsSite;
let purposes: ConsentPurposes;
beforeAll(async () => {
  site = await openSettingsSite();
  purposes = new ConsentPurposes(
    site.database,
    site.revision,
    new ConsentPurposesSection(site.vault, new Notices()),
    createLogger({ logLevel: 'silent' }),
  );
  await purposes.onModuleInit();
});
afterAll(() => site.close());

const provider = (prompt: string, consentPurposes: string[] = [], ...mapped: string[]): ConsentingProvider => ({
  ...{ id: 'acme-id', jit: { prompt, consentPurposes } },
  claims: { mappings: mapped.map((to) => ({ to })) },
});
const applying = (...about: Parameters<typeof provider>): string[] => purposes.of(provider(...about)).map(({ name }) => name);

test('the purposes that a provider names come first, then those for all; none where nothing is asked', async () => {
  await site.siteSettings.create('consentPurposes', { ...good, name: 'b' });
  await site.siteSettings.create('consentPurposes', { ...good, name: 'a' });
  const acme = provider('consent', ['b', 'a']);
  expect(purposes.of(acme).map(({ name }) => name)).toEqual(['b', 'a']);
  await site.siteSettings.create('consentPurposes', { ...good, name: '0-for-all', everyIdentityProvider: true });
  expect(purposes.of(acme).map(({ name }) => name)).toEqual(['b', 'a', '0-for-all']);
  expect(purposes.of(acme)).toBe(purposes.of(acme));
  expect(applying('password+consent', ['0-for-all', 'a'])).toEqual(['0-for-all', 'a']);
  expect(applying('username+password+consent')).toEqual(['0-for-all']);
  expect(applying('none')).toEqual([]);
  expect(purposes.all().map(({ name }) => name)).toEqual(['0-for-all', 'a', 'b']);
  await site.siteSettings.remove('consentPurposes', '0-for-all', precondition('*'));
  expect(applying('consent', [], 'email', 'givenName', 'email', 'acr')).toEqual(['foyer-account']);
});

test('without any the built-in purpose is about everything that is mapped and kept', () => {
  expect(purposes.of(provider('consent', [], 'email', 'givenName', 'email', 'acr'))).toEqual([
    {
      ...{ id: 'acme-id', name: 'foyer-account', version: 1, builtIn: true },
      attributes: [
        { name: 'email', mandatory: true },
        { name: 'givenName', mandatory: true },
      ],
    },
  ]);
});

test('a change is seen at once, keeps the id, and leaves the notice that was in force', async () => {
  const before = purposes.byName('a');
  await site.siteSettings.patch('consentPurposes', 'a', precondition('*'), { version: 2, text: { en: 'Why now.', de: 'Warum.' } });
  const after = purposes.byName('a');
  expect(after).toMatchObject({ id: before?.id, version: 2, builtIn: false, text: { en: 'Why now.' } });
  const notices = await new Notices().find(site.database.read, [before?.notice ?? '', after?.notice ?? '', 'none']);
  expect([...notices.values()].map(({ version, text }) => [version, text])).toEqual(
    expect.arrayContaining([
      [1, { en: 'Why.' }],
      [2, { en: 'Why now.', de: 'Warum.' }],
    ]),
  );
});

test('a version never goes down, by the API or by a file; what else changes may', async () => {
  const lower = { code: 'input.invalid', faults: [expect.objectContaining({ path: 'version', code: 'purpose.version.lower' })] };
  await expect(site.siteSettings.patch('consentPurposes', 'a', precondition('*'), { version: 1 })).rejects.toMatchObject(lower);
  const file = site.write(
    'site.yaml',
    'consentPurposes:\n  - { name: a, title: { en: A }, text: { en: A }, attributes: [{ name: email }] }\n',
  );
  const apply = site.configuration.applyFile(file, { prune: false, dryRun: false });
  await expect(apply).rejects.toThrow(/site\.yaml:2:5 consentPurposes\[0\]\.version purpose\.version\.lower/);
  await site.siteSettings.patch('consentPurposes', 'a', precondition('*'), { text: { en: 'Other words.' } });
  expect(purposes.byName('a')).toMatchObject({ version: 2, text: { en: 'Other words.' } });
});

test('what was deleted and comes back under its name is another purpose', async () => {
  const before = purposes.byName('a');
  await site.siteSettings.remove('consentPurposes', 'a', precondition('*'));
  await site.siteSettings.create('consentPurposes', { ...good, name: 'a' });
  expect(purposes.byName('a')?.id).not.toBe(before?.id);
});
