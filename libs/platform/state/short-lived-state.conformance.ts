import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../clock.js';
import type { ShortLivedState } from './short-lived-state.js';

/** What every implementation of {@link ShortLivedState} must do. `open` gives a fresh one that tells the time by `clock`. */
export function shortLivedStateConformance(name: string, open: (clock: Clock) => Promise<ShortLivedState>): void {
  describe(`short-lived state: ${name}`, () => {
    let state: ShortLivedState;
    let now = 0;
    const opened: ShortLivedState[] = [];
    const soon = (): number => now + 1_000;

    beforeEach(async () => {
      now = 1_700_000_000_000;
      state = await open({ now: () => now });
      opened.push(state);
    });
    afterAll(async () => Promise.all(opened.map((each) => each.close())));

    test('reads back what was put, by id and by alias', async () => {
      await state.put('login', 'a', { value: { x: [1, 'ä'] }, expiresAt: soon(), alias: 'other' });
      expect(await state.get('login', 'a')).toMatchObject({ value: { x: [1, 'ä'] }, version: 1, expiresAt: soon() });
      expect(await state.getByAlias('login', 'other')).toMatchObject({ id: 'a', version: 1 });
      expect(await state.get('session', 'a')).toBeUndefined();
    });

    test('an expired entry is not found, swept or not', async () => {
      await state.put('login', 'a', { value: 1, expiresAt: soon(), alias: 'b' });
      now += 1_000;
      expect(await state.get('login', 'a')).toBeUndefined();
      expect(await state.getByAlias('login', 'b')).toBeUndefined();
      expect(await state.take('login', 'a')).toBeUndefined();
    });

    test('of many creates one wins, and an expired id is free again', async () => {
      const wins = await Promise.all(Array.from({ length: 20 }, (_, value) => state.create('nonce', 'n', { value, expiresAt: soon() })));
      expect(wins.filter(Boolean)).toHaveLength(1);
      now += 1_000;
      expect(await state.create('nonce', 'n', { value: 'again', expiresAt: soon() })).toBe(true);
    });

    test('of many replacements of one version one wins', async () => {
      await state.put('login', 'a', { value: 0, expiresAt: soon() });
      const wins = await Promise.all(
        Array.from({ length: 20 }, (_, value) => state.replace('login', 'a', 1, { value, expiresAt: soon() })),
      );
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect(await state.get('login', 'a')).toMatchObject({ version: 2 });
      expect(await state.replace('login', 'absent', 1, { value: 0, expiresAt: soon() })).toBe(false);
    });

    test('a replacement sets the expiry, and leaves groups and alias as they are', async () => {
      await state.put('session', 's', { value: 1, expiresAt: soon(), groups: ['user:u'], alias: 'other' });
      expect(await state.replace('session', 's', 1, { value: 2, expiresAt: soon() })).toBe(true);
      expect(await state.replace('session', 's', 2, { value: 3, expiresAt: soon() + 500 })).toBe(true);
      expect(await state.getByAlias('session', 'other')).toMatchObject({ value: 3, version: 3, expiresAt: soon() + 500 });
      expect(await state.listGroup('session', 'user:u', 10)).toHaveLength(1);
      now += 1_200;
      expect(await state.get('session', 's')).toBeDefined();
    });

    test('of many takers one gets it', async () => {
      await state.put('code', 'c', { value: 'secret', expiresAt: soon() });
      const taken = await Promise.all(Array.from({ length: 20 }, () => state.take('code', 'c')));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    test('groups list and remove entries across kinds', async () => {
      await state.put('token', 't1', { value: 1, expiresAt: now + 10, groups: ['grant:g', 'user:u'] });
      await state.put('token', 't2', { value: 2, expiresAt: now + 20, groups: ['user:u'] });
      await state.put('session', 's', { value: 3, expiresAt: now + 20, groups: ['other', 'x', 'y', 'user:u'] });
      expect((await state.listGroup('token', 'user:u', 10)).map((found) => found.id)).toEqual(['t2', 't1']);
      await state.removeGroup('grant:g');
      expect((await state.listGroup('token', 'user:u', 10)).map((found) => found.id)).toEqual(['t2']);
      await state.removeGroup('user:u');
      expect(await state.get('session', 's')).toBeUndefined();
    });

    test('an overwritten entry is in its new groups alone, and leaves its old alias to others', async () => {
      await state.put('session', 's', { value: 1, expiresAt: soon(), groups: ['user:u', 'link:l'], alias: 'one' });
      await state.put('session', 's', { value: 2, expiresAt: soon(), groups: ['user:u'], alias: 'two' });
      expect(await state.getByAlias('session', 'one')).toBeUndefined();
      await state.put('session', 't', { value: 3, expiresAt: soon() + 1, alias: 'one' });
      expect(await state.listGroup('session', 'link:l', 10)).toEqual([]);
      await state.removeGroup('link:l');
      expect(await state.get('session', 's')).toMatchObject({ value: 2, version: 2 });
      // An error of SQLite is one of whichever test file loaded it first.
      expect(await state.put('session', 'u', { value: 4, expiresAt: soon(), alias: 'one' }).catch(String)).toMatch(/alias/);
      expect(await state.getByAlias('session', 'one')).toMatchObject({ id: 't', value: 3 });
    });

    test('what is removed or taken is in no group any more, and its alias is free', async () => {
      for (const id of ['a', 'b', 'c'])
        await state.put('session', id, { value: id, expiresAt: soon(), groups: ['user:u'], alias: `of ${id}` });
      await state.remove('session', 'a');
      await state.take('session', 'b');
      expect((await state.listGroup('session', 'user:u', 10)).map(({ id }) => id)).toEqual(['c']);
      expect(await state.getByAlias('session', 'of a')).toBeUndefined();
      await state.put('session', 'd', { value: 'd', expiresAt: soon(), alias: 'of b' });
      await state.remove('session', 'absent');
    });

    test('a group lists no more than was asked for, those that live longest', async () => {
      for (let n = 0; n < 250; n += 1) await state.put('code', `c${n}`, { value: n, expiresAt: now + 10_000 + n, groups: ['user:u'] });
      for (let n = 0; n < 5; n += 1) await state.put('session', `s${n}`, { value: n, expiresAt: now + 100 + n, groups: ['user:u'] });
      expect((await state.listGroup('session', 'user:u', 3)).map(({ id }) => id)).toEqual(['s4', 's3', 's2']);
      now += 103;
      expect((await state.listGroup('session', 'user:u', 9)).map(({ id }) => id)).toEqual(['s4']);
    });

    test('a counter starts again after its window', async () => {
      await state.count('failed', 'anna', 500);
      expect(await state.count('failed', 'anna', 500)).toEqual({ count: 2, expiresAt: now + 500 });
      expect(await state.counted('failed', 'anna')).toEqual({ count: 2, expiresAt: now + 500 });
      now += 500;
      expect((await state.counted('failed', 'anna')).count).toBe(0);
      expect((await state.count('failed', 'anna', 500)).count).toBe(1);
    });

    test('a sweep removes what expired, a bounded number at a time, and returns the kinds that were asked for', async () => {
      for (const kind of ['login', 'session']) state.keepExpired(kind);
      await state.put('login', 'old', { value: 'l', expiresAt: now + 1 });
      await state.put('code', 'old', { value: 'c', expiresAt: now + 2 });
      await state.put('login', 'new', { value: 'n', expiresAt: now + 9_999 });
      await state.put('session', 'old', { value: 's', expiresAt: now + 3 });
      await state.count('failed', 'x', 1);
      now += 5;
      const first = await state.sweep(1, ['session', 'login']);
      expect(first.entries).toMatchObject([{ kind: 'login', id: 'old', value: 'l' }]);
      const second = await state.sweep(10, ['session', 'login']);
      expect(second.entries).toMatchObject([{ kind: 'session', id: 'old', value: 's' }]);
      expect((await state.sweep(10, [])).removed).toBe(0);
      expect(await state.get('login', 'new')).toBeDefined();
    });
  });
}
