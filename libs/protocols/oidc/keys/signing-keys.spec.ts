import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { compactVerify } from 'jose';
import { createLogger, Database, SettingsRevision, Vault } from '@foyer/platform';
import { schema } from '../../../../ormconfig.js';
import { jwksCacheSeconds, SigningKeys } from './signing-keys.js';

const hour = 3_600_000;
const day = 24 * hour;
const settings = {
  signingKeyDays: 90,
  lifetimes: { code: 60, accessToken: 3600, idToken: 3600, refreshToken: 1_209_600, session: 28_800, login: 1800 },
};
const logger = createLogger({ logLevel: 'silent' });
let folder: string;
let database: Database;
let now: number;
const opened: SigningKeys[] = [];

async function open(): Promise<SigningKeys> {
  const keys = new SigningKeys(
    database,
    new SettingsRevision(database, logger),
    new Vault(Buffer.alloc(32, 1)),
    settings,
    { now: () => now },
    logger,
  );
  opened.push(keys);
  await keys.start();
  return keys;
}

const kids = (keys: SigningKeys): string[] => keys.current.keys.map(({ kid }) => kid);
const states = async (keys: SigningKeys): Promise<string[]> => (await keys.list()).map(({ alg, state }) => `${alg} ${state}`).toSorted();

beforeEach(async () => {
  now = 1_800_000_000_000;
  folder = mkdtempSync(join(tmpdir(), 'foyer-keys-'));
  database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, schema);
  await database.migrate();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((keys) => keys.onApplicationShutdown()));
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the first start makes one active key for each algorithm, sealed, and the next start finds them', async () => {
  const keys = await open();
  expect(await states(keys)).toEqual(['ES256 active', 'EdDSA active', 'RS256 active']);
  const rows = await database.read.query<{ private_key: string; public_key: string }[]>('SELECT private_key, public_key FROM signing_keys');
  expect(rows.every(({ private_key }) => private_key.startsWith('v1.'))).toBe(true);
  expect(rows.some(({ public_key }) => '"d"' in JSON.parse(public_key))).toBe(false);
  expect(kids(await open())).toEqual(kids(keys));
});

test.each(['RS256', 'ES256', 'EdDSA'])('a %s key signs what others can verify', async (alg) => {
  const key = (await open()).current.keys.find((each) => each.alg === alg);
  const input = `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.eA`;
  const signature = Buffer.from(key?.sign(Buffer.from(input)) ?? []).toString('base64url');
  const { payload } = await compactVerify(`${input}.${signature}`, key?.keyObject() ?? Buffer.alloc(0));
  expect(Buffer.from(payload).toString()).toBe('x');
});

test('a rotated key is published for one cache time before it signs, and the old one until its tokens are worthless', async () => {
  const keys = await open();
  const first = kids(keys);
  const minted = await keys.rotate();
  expect(minted).toHaveLength(3);
  expect(await keys.rotate()).toEqual([]);
  expect(kids(keys).toSorted()).toEqual([...first, ...minted].toSorted());
  expect(kids(keys).slice(0, 3).toSorted()).toEqual(first.toSorted());

  now += jwksCacheSeconds * 1000;
  await keys.keepUp();
  expect(kids(keys).slice(0, 3).toSorted()).toEqual(minted.toSorted());
  expect(await states(keys)).toEqual(['ES256 active', 'ES256 retired', 'EdDSA active', 'EdDSA retired', 'RS256 active', 'RS256 retired']);
  const retired = keys.current.keys.find(({ kid }) => kid === first[0]);
  expect(() => retired?.sign(Buffer.from('x'))).toThrow('retired');

  now += 10 * hour;
  await keys.keepUp();
  expect(kids(keys).toSorted()).toEqual(minted.toSorted());
});

test('a retired key has no private part any more', async () => {
  const keys = await open();
  await keys.rotate(['RS256']);
  now += jwksCacheSeconds * 1000;
  await keys.keepUp();
  const rows = await database.read.query<{ private_key: string | null }[]>('SELECT private_key FROM signing_keys');
  expect(rows.filter(({ private_key }) => private_key === null)).toHaveLength(1);
});

test('keys are replaced by age, without a moment in which none signs', async () => {
  const keys = await open();
  const first = kids(keys);
  now += 89 * day;
  await keys.keepUp();
  expect(kids(keys)).toEqual(first);
  now += day - jwksCacheSeconds * 1000;
  await keys.keepUp();
  expect(kids(keys)).toHaveLength(6);
  for (const step of [0, jwksCacheSeconds * 1000]) {
    now += step;
    await keys.keepUp();
    expect((await keys.list()).filter(({ state }) => state === 'active')).toHaveLength(3);
  }
});

test('another process takes new keys over, and tells who listens', async () => {
  const [one, other] = [await open(), await open()];
  let told = 0;
  other.onChange(() => void (told += 1));
  await one.rotate();
  await other.keepUp();
  expect(kids(other)).toEqual(kids(one));
  expect(told).toBe(1);
});

test('two first starts at the same moment make one set of keys', async () => {
  await Promise.all([open(), open()]);
  expect(await database.read.query('SELECT id FROM signing_keys')).toHaveLength(3);
});
