import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Moments } from '../support/fuse.js';
import { testDatabase } from '../support/mariadb.js';
import { Mortals } from '../support/mortals/mortals.js';
import type { Answer, Order } from '../support/mortals/orders.js';
import { agree, profilePurpose } from '../support/profile-purpose.js';
import { ProvisioningSite, type Login } from '../support/provisioning-site.js';

type Result = Extract<Answer, { readonly result: unknown }>['result'];

const password = 'correct horse battery';
const claims = { email: 'anna@acme.example', email_verified: true, given_name: 'Anna' };
const roles = {
  mappings: [
    { remote: 'eng', local: 'developer' },
    { remote: 'eng', group: 'staff' },
    { remote: 'ops', local: 'operator' },
  ],
};
const byAcme = ['idp:acme-id'];
const engineer = { 'role:developer': byAcme, 'group:staff': byAcme };

// Every death is a process, and a busy machine takes its time to start one.
jest.setTimeout(120_000);

let mortals: Mortals;
let folder: string;

beforeAll(async () => {
  mortals = Mortals.start();
  folder = await mkdtemp(join(tmpdir(), 'foyer-deaths-'));
});
afterAll(async () => {
  mortals.stop();
  await rm(folder, { recursive: true });
});

const mariadb = async (): Promise<Order['databases']> => [(await testDatabase()).url, (await testDatabase()).url];

describe.each([
  ['SQLite', async (): Promise<Order['databases']> => [`sqlite:${join(folder, 'foyer.db')}`, `sqlite:${join(folder, 'corp.db')}`]],
  ['MariaDB', mariadb],
])('on %s, a process that is killed', (_name, create) => {
  let databases: Order['databases'];
  let site: ProvisioningSite;

  beforeAll(async () => {
    databases = await create();
    site = await ProvisioningSite.open(...databases);
  }, 60_000);
  afterAll(() => site.close());

  describe.each([
    { userStore: 'PRIMARY', commits: 1, writes: 1 },
    { userStore: 'CORP', commits: 2, writes: 3 },
  ])('while it writes to $userStore', ({ userStore, commits, writes }) => {
    beforeEach(() => site.empty());

    /** Everything that is kept about a user. */
    const kept = async (userId: string) => {
      const account = await site.store(userStore).find(userId);
      const user = await site.registry.find(site.database.read, userId);
      const receipts = await site.receipts.ofUser(site.database.read, userId);
      return {
        ...{ username: account?.username, attributes: account?.attributes, status: user?.status, grants: user?.grants },
        ...{ roles: [...(account?.roles ?? [])].sort(), groups: account?.groups },
        receipts: receipts.map(({ state, accepted, version }) => ({ state, accepted, version })),
      };
    };

    const subjectOf = (result: Result): string => (typeof result === 'object' && 'subject' in result ? result.subject : '');

    /**
     * Lets it die at each of its moments in turn, until one run survives. After each death a fresh process gets the same order again.
     * @param arrange what was there before; it tells what is ordered
     * @param check what has to be so in the end, however often it died
     */
    async function dieAndReturn(
      arrange: () => Promise<Omit<Order, 'databases' | 'death'>>,
      check: (result: Result) => Promise<void>,
      moments: Moments = 'writes',
    ): Promise<number> {
      for (let after = 1; ; after += 1) {
        await site.empty();
        const order = { ...(await arrange()), databases };
        const survived = await mortals.ask({ ...order, death: { after, moments } });
        const result = survived ?? (await mortals.ask(order));
        if (result === undefined) throw new Error('It died of something else');
        await check(result);
        if (survived !== undefined) return after - 1;
      }
    }

    /** A login that nothing is left to do for: once more changes nothing. */
    async function expectSettled(who: Login, purposes: Order['purposes']): Promise<void> {
      const again = await mortals.ask({ databases, login: who, ...(purposes && { purposes }) });
      expect(again).toMatchObject({ kind: 'account', outcome: 'unchanged' });
    }

    const loggedIn = async (who: Login, purposes: Order['purposes'] = []): Promise<string> => {
      const result = await mortals.ask({ databases, login: who, purposes });
      return result === undefined ? '' : subjectOf(result);
    };

    test('creates one account, with its password, roles, groups and receipt', async () => {
      const anna: Login = {
        ...{ subject: 'anna', roles, claims: { ...claims, roles: ['eng', 'unknown'] } },
        jit: { userStore, prompt: 'username+password+consent' },
        answers: { username: 'annie', password, passwordRepeated: password, consent: agree(['email']) },
      };
      const purposes = [profilePurpose];
      const deaths = await dieAndReturn(
        async () => ({ login: anna, purposes }),
        async (result) => {
          expect(result).toMatchObject({ kind: 'account', username: 'annie', userStore });
          expect(await kept(subjectOf(result))).toEqual({
            ...{ username: 'annie', attributes: { email: claims.email }, status: 'active', grants: engineer },
            ...{ roles: ['developer'], groups: ['staff'], receipts: [{ state: 'accepted', accepted: ['email'], version: 1 }] },
          });
          expect(await site.store(userStore).verifyPassword('annie', password)).toMatchObject({ userId: subjectOf(result) });
          await expectSettled(anna, purposes);
          expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1, create: 1 });
        },
        'writes and open transactions',
      );
      expect(deaths).toBe(writes + commits);
    });

    test('changes roles and attributes once, whole', async () => {
      const before: Login = {
        subject: 'anna',
        jit: { userStore, attributeSync: 'preserve-local' },
        roles,
        claims: { ...claims, roles: ['eng'] },
      };
      const after: Login = { ...before, claims: { given_name: 'Ann', roles: ['ops'] } };
      let subject = '';
      const deaths = await dieAndReturn(
        async () => {
          subject = await loggedIn(before);
          return { login: after };
        },
        async (result) => {
          expect(result).toMatchObject({ kind: 'account', subject });
          expect(await kept(subject)).toMatchObject({
            ...{ roles: ['operator'], groups: [], grants: { 'role:operator': byAcme } },
          });
          expect((await kept(subject)).attributes).toEqual({ givenName: 'Ann' });
          await expectSettled(after, []);
          expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1, create: 1, update: 1 });
        },
      );
      expect(deaths).toBe(writes);
    });

    describe('for a login that left it to a job', () => {
      const jit = { userStore, mode: 'nonBlocking' } as const;
      const anna: Login = { subject: 'anna', jit, roles, claims: { ...claims, roles: ['eng'] } };
      const whole = { username: 'anna', status: 'active', roles: ['developer'], groups: ['staff'], grants: engineer };
      const once = { links: 1, users: 1, accounts: 1 };
      const open = async (): Promise<string[]> =>
        (await site.jobs()).map(({ status }) => status).filter((status) => status !== 'superseded');

      test('decides and queues in one, whenever it dies', async () => {
        const deaths = await dieAndReturn(
          async () => ({ login: anna }),
          async (result) => {
            expect(result).toMatchObject({ kind: 'account', username: 'anna', userStore });
            expect(await open()).toEqual(['waiting']);
            await mortals.ask({ databases, work: anna });
            expect(await kept(subjectOf(result))).toMatchObject(whole);
            expect(await site.counts()).toMatchObject(once);
          },
          'writes and open transactions',
        );
        expect(deaths).toBe(2);
      });

      test('creates the account once, whatever worker dies at it', async () => {
        let subject = '';
        const deaths = await dieAndReturn(
          async () => {
            subject = await loggedIn(anna);
            return { work: anna };
          },
          async () => {
            expect(await open()).toEqual(['done']);
            expect(await kept(subject)).toMatchObject({ ...whole, attributes: { email: claims.email, givenName: 'Anna' } });
            expect(await site.counts()).toEqual({ ...once, create: 2 });
          },
          'writes and open transactions',
        );
        // Besides what the account takes: the job is claimed.
        expect(deaths).toBe(writes + commits + 2);
      });

      test('changes it once, whatever worker dies at it', async () => {
        let subject = '';
        const deaths = await dieAndReturn(
          async () => {
            subject = await loggedIn(anna);
            await mortals.ask({ databases, work: anna });
            await loggedIn({ ...anna, claims: { given_name: 'Ann', roles: ['ops'] } });
            return { work: anna };
          },
          async () => {
            expect(await open()).toEqual(['done', 'done']);
            expect(await kept(subject)).toMatchObject({ roles: ['operator'], groups: [], grants: { 'role:operator': byAcme } });
            expect((await kept(subject)).attributes).toEqual({ givenName: 'Ann' });
            expect(await site.counts()).toMatchObject(once);
          },
        );
        expect(deaths).toBe(writes + 1);
      });
    });

    test('links an account whose owner proved it once, and never before it is whole', async () => {
      const anna: Login = {
        ...{ subject: 'anna', roles, claims: { ...claims, roles: ['eng'] } },
        jit: { userStore, linking: { existing: 'prove-ownership', match: [] } },
        answers: { ownershipPassword: password },
      };
      let existing = '';
      const deaths = await dieAndReturn(
        async () => {
          existing = await site.addUser(userStore, 'anna', password, ['auditor']);
          return { login: anna };
        },
        async (result) => {
          expect(result).toMatchObject({ kind: 'account', subject: existing });
          expect(await kept(existing)).toMatchObject({
            ...{ roles: ['auditor', 'developer'], groups: ['staff'], grants: engineer },
            attributes: { email: claims.email, givenName: 'Anna' },
          });
          await expectSettled(anna, []);
          expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1, link: 1 });
        },
      );
      expect(deaths).toBe(writes);
    });

    test('takes away what only a consent justified that was refused', async () => {
      const anna: Login = {
        subject: 'anna',
        claims,
        jit: { userStore, prompt: 'consent' },
        answers: { consent: agree(['email', 'givenName']) },
      };
      let subject = '';
      const deaths = await dieAndReturn(
        async () => {
          subject = await loggedIn(anna, [profilePurpose]);
          return { login: { ...anna, answers: { consent: agree([], 2) } }, purposes: [{ ...profilePurpose, version: 2 }] };
        },
        async (result) => {
          expect(result).toMatchObject({ kind: 'denied', code: 'consent.refused' });
          const { receipts, ...account } = await kept(subject);
          expect(account).toMatchObject({ username: 'anna', attributes: {}, status: 'active' });
          expect(account.attributes).toEqual({});
          // Whoever died after the last write said no a second time: that is another decision.
          const refusals = receipts.filter(({ state }) => state === 'refused').length;
          expect(receipts.slice(0, 2)).toMatchObject([
            { state: 'accepted', version: 1 },
            { state: 'refused', version: 2 },
          ]);
          expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1, deny: refusals });
        },
      );
      expect(deaths).toBe(writes);
    });

    test('takes away what only a consent justified that was revoked', async () => {
      const anna: Login = {
        subject: 'anna',
        claims,
        jit: { userStore, prompt: 'consent' },
        answers: { consent: agree(['email', 'givenName']) },
      };
      const purposes = [profilePurpose];
      let subject = '';
      const deaths = await dieAndReturn(
        async () => {
          subject = await loggedIn(anna, purposes);
          const [receipt] = await site.receipts.current(site.database.read, subject);
          return { revoke: receipt?.id ?? '', purposes };
        },
        async () => {
          expect(await kept(subject)).toMatchObject({ username: 'anna', receipts: [{ state: 'revoked', version: 1 }] });
          expect((await kept(subject)).attributes).toEqual({});
          expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1, update: 1 });
          const { answers: _said, ...silent } = anna;
          expect(await mortals.ask({ databases, login: silent, purposes })).toMatchObject({
            kind: 'prompt',
            asks: [{ type: 'askConsent' }],
          });
        },
      );
      expect(deaths).toBe(writes);
    });
  });
});
