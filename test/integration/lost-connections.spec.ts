import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { databaseFault } from '@foyer/platform';
import { testDatabase } from '../support/mariadb.js';
import { MysqlWire, type Accident } from '../support/mysql-wire.js';
import { ProvisioningSite, subjectOf, type Login } from '../support/provisioning-site.js';

// Each statement of a login or a job is one try.
jest.setTimeout(120_000);

let wire: MysqlWire;
let site: ProvisioningSite;

beforeAll(async () => {
  wire = await MysqlWire.start((await testDatabase()).url);
  site = await ProvisioningSite.open(wire.url, (await testDatabase()).url);
}, 60_000);
afterAll(async () => {
  await site.close();
  wire.close();
});
beforeEach(() => site.empty());

const provision = (who: Login) => site.provision(who);
const work = () => site.work();

/** What it comes to, or undefined when the database was away, which is all that may be said of it. */
async function unlessAway<T>(attempt: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt;
  } catch (error) {
    expect(databaseFault(error)).toMatchObject({ kind: 'unavailable', code: 'database.unavailable' });
    return undefined;
  }
}

/**
 * Lets it happen to each statement in turn, until there is none left for it to happen to.
 * @returns the statements
 */
async function atEachStatement(accident: Accident, attempt: (strike: () => void) => Promise<void>): Promise<string[]> {
  const struck: string[] = [];
  for (let after = 0; ; after += 1) {
    await site.empty();
    await attempt(() => wire.arm(after, accident));
    wire.disarm();
    if (wire.struck === undefined) return struck;
    struck.push(wire.struck);
    wire.struck = undefined;
  }
}

const commits = (statements: readonly string[]): number => statements.filter((sql) => sql === 'COMMIT').length;

describe.each(['PRIMARY', 'CORP'])('into %s', (userStore) => {
  const anna: Login = { subject: 'anna', jit: { userStore } };
  const deferred: Login = { subject: 'anna', jit: { userStore, mode: 'nonBlocking' } };
  const attributes = { email: 'anna@acme.example', givenName: 'Anna' };
  const once = { links: 1, users: 1, accounts: 1 };

  describe.each(['cut', 'killed', 'unheard'] as const)('a connection that is %s', (accident) => {
    test('in a login leaves one account, or nothing that the next login does not finish', async () => {
      const struck = await atEachStatement(accident, async (strike) => {
        strike();
        const first = await unlessAway(provision(anna));
        wire.disarm();
        const second = await provision(anna);
        expect(second).toMatchObject({ kind: 'account', userStore, username: 'anna' });
        if (first) expect(first).toMatchObject({ kind: 'account', subject: subjectOf(second) });
        expect((await site.stored(userStore, subjectOf(second))).attributes).toEqual(attributes);
        expect(await site.counts()).toMatchObject({ ...once, create: 1 });
      });
      expect(commits(struck)).toBe(userStore === 'PRIMARY' ? 1 : 2);
    });

    test('in a login that leaves its account to a job leaves both or nothing', async () => {
      const struck = await atEachStatement(accident, async (strike) => {
        strike();
        const first = await unlessAway(provision(deferred));
        wire.disarm();
        const left = await site.counts();
        const jobs = await site.jobs();
        expect([left['links'], left['users'], jobs.length]).toEqual(
          first || (accident === 'unheard' && jobs.length > 0) ? [1, 1, 1] : [0, 0, 0],
        );
        const second = await provision(deferred);
        await work();
        expect((await site.stored(userStore, subjectOf(second))).attributes).toEqual(attributes);
        const ended = (await site.jobs()).map(({ status }) => status);
        expect(ended.filter((status) => status !== 'superseded')).toEqual(['done']);
        expect(await site.counts()).toMatchObject(once);
      });
      expect(commits(struck)).toBe(1);
    });

    test('in a job leaves it done once', async () => {
      const struck = await atEachStatement(accident, async (strike) => {
        const subject = subjectOf(await provision(deferred));
        strike();
        await unlessAway(site.process().work());
        wire.disarm();
        await work();
        expect(await site.jobs()).toMatchObject([{ status: 'done', payload: null }]);
        expect((await site.stored(userStore, subject)).attributes).toEqual(attributes);
        expect(await site.registry.find(site.database.read, subject)).toMatchObject({ status: 'active', email: attributes.email });
        expect(await site.counts()).toEqual({ ...once, create: 2 });
      });
      // Besides those of the account: the job is claimed.
      expect(commits(struck)).toBe(userStore === 'PRIMARY' ? 2 : 3);
    });
  });
});
