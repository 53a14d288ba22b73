import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadSettings, settingsTable } from '@foyer/platform';
import { projectRoot } from '../../../apps/demo/foyer-process.js';
import { faultsOfCompose } from '../../support/schemas/index.js';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
}

const text = readFileSync(join(projectRoot(), 'compose.yaml'), 'utf8');
// Its shape is what the schema says.
const file = parse(text, { merge: true }) as { services: Record<string, Service>; networks: Record<string, { internal?: boolean }> };
const service = (name: string): Service => file.services[name] ?? {};
const secrets = settingsTable().flatMap(({ name, secret }) => (secret ? [name] : []));

/** Each `${NAME…}` of the file: the name, and what stands after it. */
const variables = [...text.matchAll(/(?<!\$)\$\{(\w+)([^}]*)\}/g)].map(([, name = '', rest = '']) => ({ name, rest }));

/** What Compose makes of a text with these variables, as far as this file uses it. */
const filledIn = (value: string, given: Readonly<Record<string, string>>): string =>
  value.replace(/(?<!\$)\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name: string, otherwise: string) => given[name] ?? otherwise);

test('is what the Compose Specification accepts', () => {
  expect(faultsOfCompose(parse(text, { merge: true }))).toEqual([]);
  expect(faultsOfCompose({ services: { server: { imagee: 'foyer' } } })).not.toEqual([]);
});

describe('secrets', () => {
  test('come from outside, all of them, and what is missing stops everything with a sentence', () => {
    const secretive = variables.filter(({ name }) => /PASSWORD|SECRET|KEY/.test(name));
    const optional = ['FOYER_ADMIN_CLIENT_SECRET'];
    expect(new Set(secretive.map(({ name }) => name))).toEqual(
      new Set(['FOYER_DATABASE_PASSWORD', 'FOYER_REDIS_PASSWORD', 'FOYER_SECRET_KEY', 'FOYER_ADMIN_PASSWORD', ...optional]),
    );
    for (const { name, rest } of secretive)
      expect([name, rest]).toEqual([name, optional.includes(name) ? ':-' : expect.stringMatching(/^:\?must be /)]);
  });

  test('stand nowhere in the file', () => {
    const values = Object.values(file.services).flatMap(({ environment = {} }) => Object.entries(environment));
    const literal = values.filter(([name, value]) => (secrets.includes(name) || name.endsWith('PASSWORD')) && !value.includes('${'));
    expect(literal).toEqual([['MYSQL_RANDOM_ROOT_PASSWORD', 'yes']]);
  });
});

describe.each(['server', 'worker'])('the %s', (name) => {
  const { command, environment = {}, depends_on, healthcheck, stop_grace_period } = service(name);

  test('gets settings that make a cluster', () => {
    const given = {
      FOYER_PUBLIC_URL: 'https://login.example.org',
      FOYER_DATABASE_PASSWORD: 'one',
      FOYER_REDIS_PASSWORD: 'two',
      FOYER_SECRET_KEY: 'A'.repeat(43),
      FOYER_ADMIN_PASSWORD: 'three',
      FOYER_ADMIN_CLIENT_SECRET: '',
    };
    const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filledIn(value, given)]));
    const unknown: string[] = [];
    const settings = loadSettings({ ...env, FOYER_DATA_DIR: '/tmp' }, (warning) => unknown.push(warning));
    expect(unknown).toEqual([]);
    expect(settings).toMatchObject({
      databaseUrl: 'mysql://foyer:one@mysql:3306/foyer',
      redis: { form: 'single', endpoint: { host: 'redis', port: 6379 }, credentials: { password: 'two' } },
      adminPassword: name === 'server' ? 'three' : undefined,
      adminClientSecret: undefined,
    });
  });

  test('starts when what it needs is healthy, is asked whether it is ready, and may end in order', () => {
    expect(command).toEqual([name]);
    expect(depends_on).toEqual({ mysql: { condition: 'service_healthy' }, redis: { condition: 'service_healthy' } });
    expect(healthcheck?.test.join(' ')).toContain('http://127.0.0.1:8080/health/ready');
    expect(Number.parseInt(stop_grace_period ?? '')).toBeGreaterThanOrEqual(30);
  });
});

test('Redis evicts nothing and writes down what it has', () => {
  const command = service('redis').command?.join(' ');
  expect(command).toContain('--maxmemory-policy noeviction');
  expect(command).toContain('--appendonly yes');
});

test('MySQL and Redis are reached from inside alone, and have checks of their health', () => {
  expect(file.networks['inside']?.internal).toBe(true);
  for (const name of ['mysql', 'redis']) {
    expect(service(name)).toMatchObject({ networks: ['inside'], healthcheck: { test: expect.arrayContaining(['CMD-SHELL']) } });
    expect(service(name).ports).toBeUndefined();
  }
});
