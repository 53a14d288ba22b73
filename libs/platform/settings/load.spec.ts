import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsTable } from './declaration.js';
import { loadSettings, SettingsError } from './load.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'foyer-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const load = (env: Record<string, string> = {}): ReturnType<typeof loadSettings> => loadSettings({ FOYER_DATA_DIR: dir, ...env });
const problems = (env: Record<string, string>): readonly string[] => {
  try {
    load(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
};

test('everything has a default', () => {
  const settings = load();
  expect(settings).toMatchObject({
    port: 8080,
    publicUrl: 'http://localhost:8080',
    dataDir: dir,
    databaseUrl: `sqlite:${join(dir, 'foyer.db')}`,
    configFile: undefined,
    adminClientSecret: undefined,
    outgoingAllow: ['localhost', '127.0.0.0/8', '::1/128'],
    rateLimitPerAddress: 0,
    trustedProxies: [],
    keepAliveSeconds: 75,
    drainSeconds: 0,
    lifetimes: { code: 60, accessToken: 3600, idToken: 3600, refreshToken: 1_209_600, session: 28_800, login: 1800 },
  });
});

test('an empty variable counts as absent', () => {
  expect(load({ PORT: '', FOYER_CONFIG: '' })).toMatchObject({ port: 8080, configFile: undefined });
});

test('the secret key is generated once, readable by its owner alone, and read again', () => {
  const first = load().secretKey;
  expect(first).toHaveLength(32);
  expect(load().secretKey.equals(first)).toBe(true);
  expect(statSync(join(dir, 'secret.key')).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(['secret.key']);
});

test('a given secret key is used and none is written', () => {
  const key = Buffer.alloc(32, 7);
  expect(load({ FOYER_SECRET_KEY: key.toString('base64url') }).secretKey.equals(key)).toBe(true);
  expect(readdirSync(dir)).toEqual([]);
});

test('a damaged key file stops the start instead of being replaced', () => {
  writeFileSync(join(dir, 'secret.key'), 'half a k');
  expect(() => load()).toThrow(/secret\.key does not hold a key/);
});

test('the public URL decides whether outgoing requests reach loopback by default', () => {
  expect(load({ FOYER_PUBLIC_URL: 'https://login.example.org/' })).toMatchObject({
    publicUrl: 'https://login.example.org',
    outgoingAllow: [],
  });
  expect(load({ FOYER_PUBLIC_URL: 'https://login.example.org', FOYER_OUTGOING_ALLOW: 'IdP.internal, 10.0.0.0/8' }).outgoingAllow).toEqual([
    'idp.internal',
    '10.0.0.0/8',
  ]);
});

test('the drain before a stop is for clusters unless somebody says otherwise', () => {
  expect(load({ FOYER_DRAIN_SECONDS: '7' }).drainSeconds).toBe(7);
});

describe('a secret in a file', () => {
  const file = (content: string): string => {
    const path = join(dir, 'secret');
    writeFileSync(path, content);
    return path;
  };

  test.each(['\n', '\r\n', ''])('is read less one line break', (ending) => {
    expect(load({ FOYER_ADMIN_PASSWORD_FILE: file(` two words \n${ending}`) }).adminPassword).toBe(
      ending ? ' two words \n' : ' two words ',
    );
  });

  test('counts as absent when it is empty', () => {
    expect(load({ FOYER_ADMIN_PASSWORD_FILE: file('\n') }).adminPassword).toBeUndefined();
  });

  test('is checked as the variable is, and not shown', () => {
    expect(problems({ FOYER_SECRET_KEY_FILE: file('hush') })).toEqual([
      expect.stringMatching(/^FOYER_SECRET_KEY must be 32 bytes in base64url .+; got the given value$/),
    ]);
  });

  test('is named when it cannot be read, and refused when the variable is there too', () => {
    expect(problems({ FOYER_SECRET_KEY_FILE: join(dir, 'none') })).toEqual([
      `FOYER_SECRET_KEY_FILE must name a file that can be read; got "${join(dir, 'none')}" (ENOENT)`,
    ]);
    expect(problems({ FOYER_ADMIN_PASSWORD_FILE: file('a'), FOYER_ADMIN_PASSWORD: 'b' })).toEqual([
      'FOYER_ADMIN_PASSWORD and FOYER_ADMIN_PASSWORD_FILE must not both be given',
    ]);
  });

  test('is for secrets alone', () => {
    const warnings: string[] = [];
    const env = { FOYER_DATA_DIR: dir, FOYER_SECRET_KEY_FILE: file('A'.repeat(43)), FOYER_LOG_LEVEL_FILE: '/x' };
    loadSettings(env, (message) => warnings.push(message));
    expect(warnings).toEqual(['FOYER_LOG_LEVEL_FILE is not a setting of Foyer and is ignored']);
  });
});

test.each([
  ['PORT', '80a'],
  ['PORT', '65536'],
  ['FOYER_PUBLIC_URL', 'login.example.org'],
  ['FOYER_PUBLIC_URL', 'http://login.example.org'],
  ['FOYER_PUBLIC_URL', 'https://login.example.org/foyer'],
  ['FOYER_PUBLIC_URL', 'https://login.example.org/?'],
  ['FOYER_PUBLIC_URL', 'https://user:pw@login.example.org'],
  ['FOYER_DATABASE_URL', 'postgres://db/foyer'],
  ['FOYER_DATABASE_URL', 'mysql://db'],
  ['FOYER_DATABASE_URL', 'sqlite::memory:'],
  ['FOYER_REDIS_URL', 'http://localhost'],
  ['FOYER_SECRET_KEY', 'short'],
  ['FOYER_ADMIN_CLIENT_SECRET', 'x'.repeat(31)],
  ['FOYER_OUTGOING_ALLOW', 'https://idp.example'],
  ['FOYER_OUTGOING_ALLOW', '10.0.0.0/33'],
  ['FOYER_OUTGOING_ALLOW', '10.0.0'],
  ['FOYER_RATE_LIMIT_PER_ADDRESS', '-1'],
  ['FOYER_TRUSTED_PROXIES', 'proxy'],
  ['FOYER_LOG_LEVEL', 'loud'],
  ['FOYER_LIFETIME_CODE', '0'],
])('%s=%s is refused', (name, value) => {
  const found = problems({ [name]: value });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(`^${name} must be .+; got `));
});

test('all bad variables are reported together, and secret ones without their value', () => {
  const found = problems({ PORT: 'x', FOYER_REDIS_URL: 'redis://:hush-hush@a,b', FOYER_SECRET_KEY: 'hush-hush', FOYER_LOG_LEVEL: 'loud' });
  expect(found.map((problem) => problem.split(' ')[0])).toEqual(['PORT', 'FOYER_REDIS_URL', 'FOYER_SECRET_KEY', 'FOYER_LOG_LEVEL']);
  expect(found.join()).not.toContain('hush-hush');
  expect(found[0]).toContain('got "x"');
  expect(readdirSync(dir)).toEqual([]);
});

test('a Redis without what a cluster needs besides is refused', () => {
  expect(problems({ FOYER_REDIS_URL: 'redis://localhost', FOYER_DATABASE_URL: 'sqlite:foyer.db' })).toEqual([
    expect.stringMatching(/^FOYER_DATABASE_URL must be mysql:\/\/… .+; got a SQLite file/),
    expect.stringMatching(/^FOYER_SECRET_KEY must be given, the same to every process, .+; got nothing$/),
  ]);
});

test('a variable that looks like a setting and is none is warned about', () => {
  const warnings: string[] = [];
  loadSettings({ FOYER_DATA_DIR: dir, FOYER_PUBLIC_ULR: 'x', HOME: '/' }, (message) => warnings.push(message));
  expect(warnings).toEqual(['FOYER_PUBLIC_ULR is not a setting of Foyer and is ignored']);
});

test('the settings reference has every variable, with a default and a sentence', () => {
  const rows = settingsTable();
  expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  expect(rows.every((row) => row.documentation.endsWith('.'))).toBe(true);
  expect(rows.find((row) => row.name === 'FOYER_SECRET_KEY')?.secret).toBe(true);
});
