import { parseOptions } from '@node-rs/argon2';
import { expect, test } from '@jest/globals';
import { hashPassword, verifyPassword } from './argon2id.js';

test('a hash has the parameters that OWASP asks for, and a salt of its own', async () => {
  const hashes = [await hashPassword('correct horse'), await hashPassword('correct horse')];
  expect(hashes[0]).not.toBe(hashes[1]);
  expect(hashes[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(parseOptions(hashes[0] ?? '')).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32, saltLen: 16 });
  expect(await verifyPassword(hashes[0], 'correct horse')).toBe(true);
  expect(await verifyPassword(hashes[0], 'correct horse ')).toBe(false);
});

test('no password opens an account without one, however long it is', async () => {
  for (const password of ['', 'x'.repeat(10_000)]) expect(await verifyPassword(undefined, password)).toBe(false);
});

/** CPU time, which other programs on the machine hardly move; the least of several. */
async function cost(check: () => Promise<unknown>): Promise<number> {
  const costs: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const before = process.cpuUsage();
    await check();
    const { user, system } = process.cpuUsage(before);
    costs.push(user + system);
  }
  return Math.min(...costs);
}

test('an unknown user costs what a known one costs', async () => {
  const hash = await hashPassword('correct horse');
  const known = await cost(() => verifyPassword(hash, 'wrong'));
  const unknown = await cost(() => verifyPassword(undefined, 'wrong'));
  expect(unknown).toBeGreaterThan(known / 2);
  expect(unknown).toBeLessThan(known * 2);
});
