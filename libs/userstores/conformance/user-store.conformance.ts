import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, type Transaction } from '@foyer/platform';
import type { NewAccount, UserStore } from '../store.js';

/** A store to be tried: empty, writable, with a second domain in the same place. */
export interface StoreUnderTest {
  readonly store: UserStore;
  /** Another domain that lives in the same place: accounts of one are no accounts of the other. */
  readonly neighbour: UserStore;
  /** Runs `work` in Foyer's own transaction. Absent for a store that takes no part in it. */
  readonly transaction?: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  close(): Promise<void>;
}

const someone = (username: string, more: Partial<NewAccount> = {}): NewAccount => ({
  userId: newId(),
  username,
  enabled: true,
  attributes: { givenName: 'Anna', emailVerified: true, age: 7, nicknames: ['a', 'b'], address: { locality: 'Lund' } },
  roles: ['developer'],
  groups: ['staff'],
  ...more,
});

/** What every user store has to do. `open` is called once. */
export function userStoreConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    let store: UserStore;

    beforeAll(async () => {
      under = await open();
      store = under.store;
    });

    afterAll(async () => {
      await under.close();
    });

    const created = async (account: NewAccount): Promise<NewAccount> => {
      await store.create(account);
      return account;
    };
    const read = (account: NewAccount): Promise<unknown> => store.find(account.userId);

    test('an account is found by id and by any spelling of its name, as it was created', async () => {
      const { password: _, ...account } = await created(someone('Anna.Strauß'));
      expect(await store.find(account.userId)).toEqual(account);
      expect(await store.findByUsername('ANNA.STRAUSS')).toEqual(account);
      expect(await store.findByUsername('anna')).toBeUndefined();
      expect(await store.find(newId())).toBeUndefined();
    });

    test('creating again with the same id changes nothing', async () => {
      const account = await created(someone('twice'));
      expect(await store.create(account)).toBe(false);
      expect(await store.create({ ...account, attributes: {}, roles: [] })).toBe(false);
      expect(await read(account)).toEqual(account);
    });

    test.each([
      ['case', 'Björn', 'BJÖRN'],
      ['composition', 'Zo\u00eb', 'zoe\u0308'],
      ['full case folding', 'Weiß', 'WEISS'],
    ])('a name that differs by %s is taken', async (_, first, second) => {
      await created(someone(first));
      await expect(store.create(someone(second))).rejects.toMatchObject({ code: 'username.taken', kind: 'conflict' });
    });

    test('names that differ by an accent are two', async () => {
      const [plain, accented] = [await created(someone('eva')), await created(someone('éva'))];
      expect(await store.findByUsername('EVA')).toEqual(plain);
      expect(await store.findByUsername('ÉVA')).toEqual(accented);
    });

    test('a text that is no username is refused', async () => {
      await expect(store.create(someone('an\u200bna'))).rejects.toMatchObject({ code: 'username.malformed' });
    });

    test('of many creating one name at once, one wins', async () => {
      const accounts = Array.from({ length: 8 }, () => someone('race'));
      const results = await Promise.allSettled(accounts.map((account) => store.create(account)));
      const won = accounts.filter((_, index) => results[index]?.status === 'fulfilled');
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code: unknown }).code] : []));
      expect(won).toHaveLength(1);
      expect(codes).toEqual(Array(7).fill('username.taken'));
      expect(await store.findByUsername('race')).toEqual(won[0]);
    });

    test('of many creating one account at once, all succeed and there is one', async () => {
      const account = someone('same');
      const created = await Promise.all(Array.from({ length: 8 }, () => store.create(account)));
      expect(created.filter(Boolean)).toHaveLength(1);
      expect(await store.findSettled(account.userId)).toEqual(await read(account));
      expect(await read(account)).toEqual(account);
    });

    test('only what is named changes', async () => {
      const account = await created(someone('change', { roles: ['a', 'b'], groups: ['g'] }));
      const changes = { attributes: { givenName: 'Ann', age: null, locale: 'sv' }, roles: { add: ['c'], remove: ['a'] } };
      const after = {
        ...account,
        attributes: { givenName: 'Ann', emailVerified: true, nicknames: ['a', 'b'], address: { locality: 'Lund' }, locale: 'sv' },
        roles: ['b', 'c'],
      };
      await store.update(account.userId, changes);
      expect(await read(account)).toEqual(after);
      await store.update(account.userId, changes);
      await store.update(account.userId, { roles: { remove: ['nothing'] } });
      await store.update(account.userId, {});
      expect(await read(account)).toEqual(after);
      await store.update(account.userId, { enabled: false, username: 'Changed', groups: { remove: ['g'] } });
      expect(await read(account)).toEqual({ ...after, enabled: false, username: 'Changed', groups: [] });
      expect(await store.findByUsername('change')).toBeUndefined();
    });

    test('renaming to a name that is taken is refused, to another spelling of its own is not', async () => {
      await created(someone('first'));
      const second = await created(someone('second'));
      await expect(store.update(second.userId, { username: 'FIRST' })).rejects.toMatchObject({ code: 'username.taken' });
      await store.update(second.userId, { username: 'SECOND' });
      expect(await store.findByUsername('second')).toMatchObject({ username: 'SECOND' });
    });

    test('changes at the same time do not undo each other', async () => {
      const account = await created(someone('busy', { attributes: {}, roles: [] }));
      const steps = Array.from({ length: 10 }, (_, index) => index);
      await Promise.all(
        steps.map((index) => store.update(account.userId, { attributes: { [`a${index}`]: index }, roles: { add: [`r${index}`] } })),
      );
      const after = await store.find(account.userId);
      expect(after?.attributes).toEqual(Object.fromEntries(steps.map((index) => [`a${index}`, index])));
      expect(after?.roles).toHaveLength(10);
    });

    test('what is not there cannot be changed', async () => {
      const nobody = newId();
      await expect(store.update(nobody, { enabled: false })).rejects.toMatchObject({ code: 'account.notFound', kind: 'notFound' });
      const password = await store.preparePassword('correct horse');
      await expect(store.setPassword(nobody, password)).rejects.toMatchObject({ code: 'account.notFound' });
    });

    test('deleting takes everything with it, and doing it again changes nothing', async () => {
      const account = await created(someone('gone'));
      await store.delete(account.userId);
      await store.delete(account.userId);
      expect(await read(account)).toBeUndefined();
      const next = await created(someone('GONE', { userId: account.userId, roles: [], groups: [] }));
      expect(await read(account)).toEqual(next);
    });

    test('many accounts are read at once', async () => {
      const accounts = [await created(someone('many1')), await created(someone('many2', { roles: [], groups: [] }))];
      const found = await store.findMany([...accounts.map(({ userId }) => userId), newId()]);
      expect([...found.keys()].sort()).toEqual(accounts.map(({ userId }) => userId).sort());
      expect(accounts.map(({ userId }) => found.get(userId))).toEqual(accounts);
      expect(await store.findMany([])).toEqual(new Map());
    });

    test('a password opens its own account and no other', async () => {
      const account = someone('Secret');
      await store.create({ ...account, password: await store.preparePassword('correct horse å') });
      expect(await store.verifyPassword('SECRET', 'correct horse å')).toEqual(account);
      expect(await store.verifyPassword('secret', 'correct horse a\u030a')).toEqual(account);
      expect(await store.verifyPassword('secret', 'Correct horse å')).toBeUndefined();
      expect(await store.verifyPassword('nobody', 'correct horse å')).toBeUndefined();
      await created(someone('without'));
      expect(await store.verifyPassword('without', '')).toBeUndefined();
      await store.setPassword(account.userId, await store.preparePassword('battery staple'));
      expect(await store.verifyPassword('secret', 'correct horse å')).toBeUndefined();
      expect(await store.verifyPassword('secret', 'battery staple')).toEqual(account);
    });

    test('it is known who can log in by a password', async () => {
      const account = await created(someone('passwordless'));
      expect(await store.hasPassword(account.userId)).toBe(false);
      await store.setPassword(account.userId, await store.preparePassword('correct horse'));
      expect(await store.hasPassword(account.userId)).toBe(true);
      expect(await store.hasPassword(newId())).toBe(false);
    });

    test('an account of another domain in the same place is not seen', async () => {
      const account = await created(someone('neighbour'));
      expect(await under.neighbour.find(account.userId)).toBeUndefined();
      expect(await under.neighbour.findByUsername('neighbour')).toBeUndefined();
      expect(await under.neighbour.findMany([account.userId])).toEqual(new Map());
      await store.setPassword(account.userId, await store.preparePassword('correct horse'));
      expect(await under.neighbour.hasPassword(account.userId)).toBe(false);
      await under.neighbour.create(someone('Neighbour'));
      await under.neighbour.delete(account.userId);
      await expect(under.neighbour.update(account.userId, { enabled: false })).rejects.toMatchObject({ code: 'account.notFound' });
      expect(await read(account)).toEqual(account);
    });

    test('a transactional store takes part in the transaction, any other does not say so', async () => {
      expect(store.capabilities.transactional).toBe(under.transaction !== undefined);
      if (!under.transaction) return;
      const account = someone('undone');
      const work = under.transaction(async (tx) => {
        await store.create(account, tx);
        await store.update(account.userId, { enabled: false }, tx);
        expect(await store.find(account.userId, tx)).toMatchObject({ enabled: false });
        throw new Error('undo');
      });
      await expect(work).rejects.toThrow('undo');
      expect(await read(account)).toBeUndefined();
    });

    test('a store that answers is pinged', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}
