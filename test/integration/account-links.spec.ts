import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationConsents } from '@foyer/consent';
import { AccountLinks, LinkBurial, LinksOfUsers, type AccountLink } from '@foyer/provisioning';
import { Database, newId } from '@foyer/platform';
import { SqlUserRegistry } from '@foyer/userstores';
import { schema } from '../../ormconfig.js';
import { testDatabase } from '../support/mariadb.js';

const links = new AccountLinks();
const registry = new SqlUserRegistry();
const now = 1_760_000_000_000;
const folder = mkdtemp(join(tmpdir(), 'foyer-links-'));
afterAll(async () => rm(await folder, { recursive: true }));

const databases = [
  { title: 'SQLite', url: async () => `sqlite:${join(await folder, 'foyer.db')}` },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
];

type Written = Parameters<AccountLinks['write']>[2];

describe.each(databases)('account links on $title', ({ url }) => {
  let database: Database;
  beforeAll(async () => {
    database = await Database.connect(await url(), schema);
    await database.migrate();
  }, 60_000);
  afterAll(() => database.close());

  const person = (subject: string) => ({
    ...{ identityProviderId: 'acme-id', identityProvider: 'acme', issuer: 'https://login.acme.example', subject },
  });
  const user = async (): Promise<string> => {
    const id = newId();
    const known = { userStore: 'PRIMARY', status: 'active', enabled: true, origins: {}, createdAt: now } as const;
    await database.transaction((tx) => registry.insert(tx, { id, username: id, ...known }));
    return id;
  };
  const found = (subject: string): Promise<AccountLink | undefined> => links.find(database.read, person(subject));
  const write = (subject: string, step: Partial<Written> & Pick<Written, 'userId'>, status: Written['status'] = 'active') =>
    database.transaction((tx) => {
      const decided = { type: 'linkAccount', linkId: newId(), status, basedOn: null, reason: 'link.ownershipProven' } as const;
      return links.write(tx, person(subject), { ...decided, ...step }, status, now);
    });
  const name = (subject: string, userId: string): Promise<boolean> =>
    database.transaction((tx) => links.name(tx, person(subject), userId, now));

  test('an account that existed is linked once, whoever comes second was overtaken', async () => {
    const [anna, other] = [await user(), await user()];
    expect(await write('proven', { userId: anna })).toBe(true);
    expect(await found('proven')).toMatchObject({ userId: anna, status: 'active' });
    expect(await write('proven', { userId: anna })).toBe(false);
    expect(await write('proven', { userId: other })).toBe(false);
    expect(await found('proven')).toMatchObject({ userId: anna, status: 'active' });
  });

  test('of two who link one identity to different accounts at once, one does', async () => {
    const people = [await user(), await user()];
    const written = await Promise.all(people.map((userId) => write('contended', { userId })));
    expect(written.filter(Boolean)).toHaveLength(1);
    expect((await found('contended'))?.userId).toBe(people[written.indexOf(true)]);
  });

  test.each(['reserved', 'named', 'tombstone'])(
    'a %s link is taken over as it was when the plan was made, or not at all',
    async (status) => {
      const [subject, anna, before] = [`over-${status}`, await user(), newId()];
      await write(subject, { userId: before, reason: 'link.first' }, 'reserved');
      await database.transaction((tx) => tx.query('UPDATE account_links SET status = ? WHERE subject = ?', [status, subject]));
      const { id: linkId = '', version = 0 } = (await found(subject)) ?? {};
      expect(await write(subject, { userId: anna, linkId, basedOn: version + 1 })).toBe(false);
      expect(await found(subject)).toMatchObject({ userId: before });
      expect(await write(subject, { userId: anna, linkId, basedOn: version })).toBe(true);
      expect(await found(subject)).toMatchObject({ userId: anna, status: 'active', version: version + 1 });
      expect(await write(subject, { userId: before, linkId, basedOn: version })).toBe(false);
    },
  );

  test('an identity is named for one user, and again for the same', async () => {
    const [anna, other] = [await user(), await user()];
    expect([await name('named', anna), await name('named', anna), await name('named', other)]).toEqual([true, true, false]);
    expect(await found('named')).toMatchObject({ userId: anna, status: 'named', version: 1 });
    await write('at-work', { userId: anna });
    expect([await name('at-work', anna), await name('at-work', other)]).toEqual([true, false]);
    expect(await found('at-work')).toMatchObject({ userId: anna, status: 'active' });
  });

  test('who logged in without an account, or whose account is gone, can be named', async () => {
    const anna = await user();
    await write('passing', { userId: newId(), reason: 'link.first' }, 'reserved');
    expect(await name('passing', anna)).toBe(true);
    expect(await found('passing')).toMatchObject({ userId: anna, status: 'named', version: 2 });
    const gone = await user();
    await write('gone', { userId: gone });
    await database.transaction(async (tx) => {
      await links.bury(tx, gone, now);
      await registry.remove(tx, gone);
    });
    expect(await name('gone', anna)).toBe(true);
    expect(await found('gone')).toMatchObject({ userId: anna, status: 'named' });
  });

  test('the id that somebody had without an account is remembered with the account that they are linked to, until that goes', async () => {
    const [anna, before, consents] = [await user(), newId(), new ApplicationConsents()];
    await write('remembered', { userId: before, reason: 'link.first' }, 'reserved');
    expect(await found('remembered')).toMatchObject({ userId: before, reservedId: null });
    await database.transaction(async (tx) => {
      const agreed = { applicationId: 'intranet-id', application: 'intranet', claims: ['email'] };
      for (const subject of [anna, before, 'somebody-else']) await consents.grant(tx, { subject, ...agreed }, now);
    });
    await name('remembered', anna);
    expect(await found('remembered')).toMatchObject({ userId: anna, status: 'named', reservedId: before });
    const { id: linkId = '', version = 0 } = (await found('remembered')) ?? {};
    await write('remembered', { userId: anna, linkId, basedOn: version, reason: 'link.preProvisioned' });
    expect(await found('remembered')).toMatchObject({ userId: anna, status: 'active', reservedId: before });
    await database.transaction((tx) => new LinkBurial(links, consents, { now: () => now }).removed(tx, anna));
    expect(await found('remembered')).toMatchObject({ status: 'tombstone', reservedId: null });
    const left = await database.read.query<{ subject: string }[]>('SELECT subject FROM application_consents ORDER BY subject');
    expect(left.map(({ subject }) => subject)).toEqual([anna, 'somebody-else'].sort());
  });

  test('whose account is being created at this moment is nobody else’s', async () => {
    const [anna, creating] = [await user(), await user()];
    await write('creating', { userId: creating, reason: 'link.first' }, 'reserved');
    expect(await name('creating', anna)).toBe(false);
    expect(await found('creating')).toMatchObject({ userId: creating, status: 'reserved' });
  });

  test('an unlinked identity leads nowhere, and nobody else’s link goes', async () => {
    const [anna, other] = [await user(), await user()];
    await write('unlinked', { userId: anna });
    const { id = '' } = (await found('unlinked')) ?? {};
    const unlink = (userId: string): Promise<boolean> => database.transaction((tx) => links.unlink(tx, { id, userId }));
    expect([await unlink(other), await unlink(anna), await unlink(anna)]).toEqual([false, true, false]);
    expect(await found('unlinked')).toBeUndefined();
    await write('unfinished', { userId: anna, reason: 'link.first' }, 'reserved');
    const { id: reserved = '' } = (await found('unfinished')) ?? {};
    expect(await database.transaction((tx) => links.unlink(tx, { id: reserved, userId: anna }))).toBe(false);
  });

  test('of two identities that somebody takes away at once, the last way in stays', async () => {
    const provider = {
      id: 'acme-id',
      enabled: true,
      oidc: { issuer: 'https://login.acme.example' },
      jit: { linking: { existing: 'deny' } },
    };
    const providers = { byId: () => provider, byName: () => undefined } as unknown as ConstructorParameters<typeof LinksOfUsers>[2];
    const ofUsers = new LinksOfUsers(database, links, providers, { now: () => now });
    const anna = await user();
    for (const subject of ['one', 'other']) await write(`last-${subject}`, { userId: anna });
    const all = await ofUsers.ofUser(database.read, anna, false);
    expect(all.map(({ removable }) => removable)).toEqual([true, true]);
    const unlink = (id: string): Promise<unknown> =>
      database.transaction(async (tx) => {
        await registry.lock(tx, anna);
        return ofUsers.unlink(tx, anna, id, false);
      });
    const ends = await Promise.allSettled(all.map(({ link }) => unlink(link.id)));
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'link.last' } });
    expect(await ofUsers.ofUser(database.read, anna, false)).toMatchObject([{ removable: false }]);
  });
});
