import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApplicationDto } from '@foyer/applications';
import { ConsentPurposeDto } from '@foyer/consent';
import { IdentityProviderDto } from '@foyer/identity-providers';
import { fieldsOf } from '@foyer/platform';
import { UserStoreDto } from '@foyer/userstores';
import { openSettingsSite, type SettingsSite } from '../../../test/support/settings-site.js';
import { settingsReference } from './settings-reference.js';

const guide = (name: string): string => fileURLToPath(new URL(`../../../docs/guides/${name}`, import.meta.url));

let site: SettingsSite;
beforeAll(async () => {
  site = await openSettingsSite();
});
afterAll(() => site.close());

test('the committed reference is what `npm run docs:settings` writes', () => {
  expect(readFileSync(guide('settings-reference.md'), 'utf8')).toBe(settingsReference());
});

/** `key: default` of each field, as documented and as the schema has it. */
function defaultsOf(schema: new () => object, path: string): [documented: string, actual: string][] {
  const instance = new schema();
  return fieldsOf(schema).flatMap(({ key, defaultInWords, nested, alternatives }) => {
    const at = `${path}.${key}`;
    const deeper = [...(nested ? [nested()] : []), ...Object.values(alternatives)].flatMap((one) => defaultsOf(one, at));
    const actual: unknown = Reflect.get(instance, key);
    const literal = /^`([^`]*)`$/.exec(defaultInWords)?.[1];
    // What is said in words depends on other fields; an object without a default has those of its own fields.
    if (literal === undefined && (defaultInWords !== '' || nested)) return deeper;
    return [[`${at}: ${literal}`, `${at}: ${JSON.stringify(actual)}`], ...deeper];
  });
}

test('every documented default is the default', () => {
  const all = [UserStoreDto, ConsentPurposeDto, IdentityProviderDto, ApplicationDto].flatMap((schema) => defaultsOf(schema, schema.name));
  expect(all.map(([documented]) => documented)).toEqual(all.map(([, actual]) => actual));
  expect(all.map(([documented]) => documented)).toEqual(
    expect.arrayContaining([
      'IdentityProviderDto.jit.userStore: "PRIMARY"',
      'IdentityProviderDto.jit.userStore.unknownDomain: "primary"',
      'IdentityProviderDto.claims.mappings.onAbsent: "keep"',
    ]),
  );
});

const keysOf = (schema: new () => object): string[] =>
  fieldsOf(schema).flatMap(({ key, nested, alternatives }) => [
    key,
    ...[...(nested ? [nested()] : []), ...Object.values(alternatives)].flatMap(keysOf),
  ]);

test('the example in the guides shows every option of provisioning', () => {
  const example = readFileSync(guide('example-site.yaml'), 'utf8');
  const options = fieldsOf(IdentityProviderDto).flatMap(({ key, nested }) => (nested && key !== 'oidc' ? [key, ...keysOf(nested())] : []));
  expect(options).toContain('unknownDomain');
  expect(options.filter((key) => !new RegExp(`\\b${key}:`).test(example))).toEqual([]);
});

test('the example in the guides can be applied', async () => {
  const names = ['ACME', 'PARTNERS', 'MUNICIPALITY', 'SOCIAL', 'INTRANET', 'SURVEY'];
  const env = Object.fromEntries(names.map((name) => [`${name}_SECRET`, `a-secret-of-${name}`] as const));
  const changes = await site.configuration.applyFile(guide('example-site.yaml'), { prune: false, dryRun: false }, env);
  expect(changes.map(({ section, name }) => `${section} ${name}`)).toEqual([
    'userStores CORP',
    'userStores PARTNERS',
    'consentPurposes profile',
    ...['acme', 'partners', 'municipality', 'social'].map((name) => `identityProviders ${name}`),
    'applications intranet',
    'applications survey',
    'applications mobile',
  ]);
  const exported = site.write('exported.yaml', await site.configuration.export());
  expect(await site.configuration.applyFile(exported, { prune: true, dryRun: true }, env)).toEqual([]);
});
