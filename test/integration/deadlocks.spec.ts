import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { databaseFault } from '@foyer/platform';
import { Opponent, type LockedRow } from '../support/deadlocks.js';
import { testDatabase } from '../support/mariadb.js';
import { ProvisioningSite, subjectOf, type Login } from '../support/provisioning-site.js';

jest.setTimeout(60_000);

let url: string;
let site: ProvisioningSite;
let opponents: Opponent[];

beforeAll(async () => {
  ({ url } = await testDatabase());
  site = await ProvisioningSite.open(url, (await testDatabase()).url);
  opponents = await Promise.all([1, 2, 3].map(() => Opponent.connect(url)));
}, 60_000);
afterAll(async () => {
  await Promise.all(opponents.map((opponent) => opponent.close()));
  await site.close();
});
beforeEach(() => site.empty());

const provision = (who: Login) => site.provision(who);
const work = () => site.work();

const roles = { mappings: [{ remote: 'eng', local: 'developer' }] };
const engineer = { given_name: 'Anna', roles: ['eng'] };
const changed = { given_name: 'Ann', roles: [] };

/** What each transaction locks, in its order. */
const user = (id: string): LockedRow => ({ table: 'users', column: 'id', value: id });
const account = (id: string): LockedRow => ({ table: 'accounts', column: 'user_id', value: id });
const subjectRow = (id: string): LockedRow => ({ table: 'job_subjects', column: 'subject_id', value: id });

const cases: readonly {
  readonly title: string;
  readonly jit: NonNullable<Login['jit']>;
  readonly locks: (id: string) => readonly [LockedRow, LockedRow];
  /** Entries in the journal: a login and its job write one each. */
  readonly updates: number;
  /** Brings about the transaction of the change. */
  readonly change: (who: Login) => Promise<unknown>;
  readonly before: (who: Login) => Promise<unknown>;
}[] = [
  {
    title: 'a login that waits for its account',
    jit: { mode: 'blocking' },
    locks: (id) => [user(id), account(id)],
    updates: 1,
    before: async () => undefined,
    change: provision,
  },
  {
    title: 'a login that leaves its account to a job',
    jit: { mode: 'nonBlocking' },
    locks: (id) => [subjectRow(id), user(id)],
    updates: 2,
    before: async () => undefined,
    change: provision,
  },
  {
    title: 'a job',
    jit: { mode: 'nonBlocking' },
    locks: (id) => [user(id), account(id)],
    updates: 2,
    before: provision,
    change: work,
  },
];

describe.each(cases)('$title', ({ jit, locks, updates, before, change }) => {
  const anna: Login = { subject: 'anna', jit, roles, claims: engineer };
  const later: Login = { ...anna, claims: changed };
  let subject: string;
  let first: LockedRow;
  let second: LockedRow;

  beforeEach(async () => {
    subject = subjectOf(await provision(anna));
    await work();
    await before(later);
    [first, second] = locks(subject);
  });

  /** Once, the change as it was to be; and the next login finds nothing left to do. */
  async function expectChanged(): Promise<void> {
    await work();
    const stored = await site.store('PRIMARY').find(subject);
    expect({ attributes: stored?.attributes, roles: stored?.roles }).toEqual({ attributes: { givenName: 'Ann' }, roles: [] });
    expect((await site.jobs()).map(({ status }) => status).filter((status) => status !== 'done')).toEqual([]);
    const { update, ...counts } = await site.counts();
    expect({ update, counts }).toMatchObject({ update: updates, counts: { links: 1, users: 1, accounts: 1 } });
  }

  test('that is undone by MariaDB for a deadlock takes effect once all the same', async () => {
    const [opponent] = opponents;
    await opponent?.begin();
    await opponent?.lock(second);
    const changing = change(later);
    await opponent?.othersWait();
    // Only a transaction that is undone lets go of this one.
    await opponent?.lock(first);
    await opponent?.letGo();
    await changing;
    await expectChanged();
  });

  test('that is undone again and again is given up without a trace, says so, and takes effect once when it comes again', async () => {
    const [one, ...others] = opponents;
    await one?.begin();
    await one?.lock(second);
    const changing = change(later).then(
      () => undefined,
      (error: unknown) => error,
    );
    await one?.othersWait();
    await one?.lock(first);
    let holder = one;
    for (const other of others) {
      await other.begin();
      const taken = other.lock(second);
      await other.othersWait(2);
      await holder?.letGo();
      await taken;
      await other.othersWait();
      await other.lock(first);
      holder = other;
    }
    const error = await changing;
    await holder?.letGo();
    if (change === work) expect(await site.jobs()).toContainEqual(expect.objectContaining({ status: 'waiting', code: 'ER_LOCK_DEADLOCK' }));
    else expect(databaseFault(error)).toMatchObject({ kind: 'unavailable', code: 'database.contended' });
    expect((await site.store('PRIMARY').find(subject))?.attributes).toMatchObject({ givenName: 'Anna' });
    if (change !== work) await change(later);
    await expectChanged();
  });
});
