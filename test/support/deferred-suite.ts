import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { JobOvertaking } from '@foyer/provisioning';
import { FoyerError } from '@foyer/platform';
import { login, ProvisioningSite, subjectOf, type Login } from './provisioning-site.js';

const down = (): FoyerError => new FoyerError('unavailable', 'store.unavailable', 'The user store CORP does not answer at the moment.');

/** What logins that leave the store to jobs have to do on every database. `open` is called once. */
export function deferredSuite(name: string, open: () => Promise<ProvisioningSite>): void {
  describe(`${name}: provisioning that does not block the login`, () => {
    let site: ProvisioningSite;

    beforeAll(async () => {
      site = await open();
    }, 60_000);
    afterAll(() => site.close());
    beforeEach(async () => {
      site.beforeCorp = () => Promise.resolve();
      await site.empty();
    });

    const provision = (who: Login) => site.provision(who);
    const work = () => site.work();
    const user = (id: string) => site.registry.find(site.database.read, id);
    const jobs = async (): Promise<(string | null)[][]> => (await site.jobs()).map(({ status, code }) => [status, code]);

    describe.each(['PRIMARY', 'CORP'])('into %s', (userStore) => {
      const jit = { mode: 'nonBlocking', userStore } as const;
      const anna = { subject: 'anna', jit };

      test('the login has its id at once, and the account by the job', async () => {
        site.beforeCorp = () => Promise.reject(new Error('No login asks the store'));
        const first = await provision(anna);
        expect(first).toMatchObject({ kind: 'account', outcome: 'create', deferred: true, userStore, username: 'anna' });
        const subject = subjectOf(first);
        expect(await user(subject)).toMatchObject({ status: 'creating', username: 'anna' });
        expect(await site.stored('PRIMARY', subject)).toEqual({});
        site.beforeCorp = () => Promise.resolve();
        expect(await work()).toHaveLength(1);
        expect(await user(subject)).toMatchObject({ status: 'active', email: 'anna@acme.example' });
        expect((await site.stored(userStore, subject)).attributes).toEqual({ email: 'anna@acme.example', givenName: 'Anna' });
        expect(await site.jobs()).toMatchObject([{ status: 'done', payload: null, subject_id: subject }]);
        expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 2 });
      });

      test('a later login says who it is, and the job brings the account up to date', async () => {
        const subject = subjectOf(await provision(anna));
        await work();
        const later = await provision({ ...anna, claims: { given_name: 'Ann' } });
        expect(later).toMatchObject({
          kind: 'account',
          subject,
          outcome: 'unchanged',
          deferred: true,
          mapped: { attributes: { givenName: 'Ann' } },
        });
        expect((await site.stored(userStore, subject)).attributes).toMatchObject({ givenName: 'Anna' });
        await work();
        expect((await site.stored(userStore, subject)).attributes).toEqual({ givenName: 'Ann' });
        await provision({ ...anna, claims: { given_name: 'Ann' } });
        await work();
        expect(await site.outcomes()).toEqual({ create: 2, unchanged: 3, update: 1 });
      });

      test('logins that come before the job is done keep the id, and only what the last one said is written', async () => {
        const subjects = [];
        for (const given of ['A', 'B', 'C']) subjects.push(subjectOf(await provision({ ...anna, claims: { given_name: given } })));
        expect(new Set(subjects).size).toBe(1);
        expect(await work()).toHaveLength(1);
        expect((await site.stored(userStore, subjects[0] ?? '')).attributes).toEqual({ givenName: 'C' });
        expect(await jobs()).toEqual([
          ['superseded', 'job.newer'],
          ['superseded', 'job.newer'],
          ['done', null],
        ]);
      });

      test('50 first logins of one person at once, on two servers, with workers beside them, give one account', async () => {
        const [one, other] = [site.process(), site.process()];
        site.providers.set('acme-id', login(anna).identityProvider);
        const logins = Array.from({ length: 50 }, (_, index) => (index % 2 ? one : other).provisioning.provision(login(anna)));
        await Promise.all([...logins.slice(0, 25), one.work(), other.work(), ...logins.slice(25)]);
        await work();
        expect(new Set((await Promise.all(logins)).map(subjectOf)).size).toBe(1);
        expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1 });
        expect((await site.jobs()).every(({ status }) => status === 'done' || status === 'superseded')).toBe(true);
      }, 60_000);

      test('50 people for one name: one has it, the others are told at the login', async () => {
        const named = (subject: string): Login => ({ subject, jit, userIdClaim: 'name', claims: { name: 'anna' } });
        const results = await Promise.all(Array.from({ length: 50 }, (_, index) => provision(named(`person-${index}`))));
        expect(results.filter(({ kind }) => kind === 'account')).toHaveLength(1);
        expect(results.filter((result) => result.kind === 'denied' && result.code === 'username.taken')).toHaveLength(49);
        await work();
        expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1 });
      }, 60_000);

      test('nobody who was deleted comes back by a job', async () => {
        const subject = subjectOf(await provision(anna));
        await site.database.transaction((tx) => new JobOvertaking(site.subjects).changing(tx, subject));
        await site.remove(subject, userStore);
        await work();
        expect(await site.counts()).toMatchObject({ links: 1, users: 0, accounts: 0 });
        expect(await jobs()).toEqual([['superseded', 'job.overtaken']]);
        expect(subjectOf(await provision(anna))).not.toBe(subject);
      });

      test('what an administrator changes is not undone by a login before it', async () => {
        const subject = subjectOf(await provision(anna));
        await work();
        await provision({ ...anna, claims: { given_name: 'Ann' } });
        await site.database.transaction((tx) => new JobOvertaking(site.subjects).changing(tx, subject));
        await work();
        expect((await site.stored(userStore, subject)).attributes).toMatchObject({ givenName: 'Anna' });
        await provision({ ...anna, claims: { given_name: 'Ann' } });
        await work();
        expect((await site.stored(userStore, subject)).attributes).toMatchObject({ givenName: 'Ann' });
      });

      test('a lost role counts no more at once, and is gone when the job is done', async () => {
        const roles = { mappings: [{ remote: 'eng', local: 'developer' }] };
        const withRoles = (...remote: string[]): Login => ({ ...anna, roles, claims: { roles: remote } });
        const subject = subjectOf(await provision(withRoles('eng')));
        await work();
        expect((await site.store(userStore).find(subject))?.roles).toEqual(['developer']);
        await provision(withRoles());
        expect(await user(subject)).toMatchObject({ suspendedRoles: ['developer'] });
        await work();
        expect((await site.store(userStore).find(subject))?.roles).toEqual([]);
        expect(await user(subject)).toMatchObject({ suspendedRoles: [], grants: {} });
        await provision(withRoles('eng'));
        await work();
        await provision(withRoles());
        await provision(withRoles('eng'));
        expect(await user(subject)).toMatchObject({ suspendedRoles: [] });
        await work();
        expect((await site.store(userStore).find(subject))?.roles).toEqual(['developer']);
      });

      test('a login that waits for the store again knows better than the jobs before it', async () => {
        const subject = subjectOf(await provision(anna));
        await work();
        await provision({ ...anna, claims: { given_name: 'Ann' } });
        const blocking = { ...anna, jit: { userStore } };
        expect(await provision({ ...blocking, claims: { given_name: 'Anne' } })).toMatchObject({ subject, outcome: 'update' });
        expect(await work()).toEqual([]);
        expect((await site.stored(userStore, subject)).attributes).toMatchObject({ givenName: 'Anne' });
        expect((await jobs()).at(-1)).toEqual(['superseded', 'job.overtaken']);
      });
    });

    describe('with a store that fails', () => {
      const jit = { mode: 'nonBlocking', userStore: 'CORP' } as const;
      const anna = { subject: 'anna', jit };

      test('logins go on, jobs are tried again, and everything is there when the store is back', async () => {
        site.beforeCorp = () => Promise.reject(down());
        const subject = subjectOf(await provision(anna));
        expect(await work()).toHaveLength(1);
        expect(await jobs()).toEqual([['waiting', 'store.unavailable']]);
        expect(await provision(anna)).toMatchObject({ kind: 'account', subject });
        site.beforeCorp = () => Promise.resolve();
        await work();
        expect(await user(subject)).toMatchObject({ status: 'active' });
        expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1 });
      });

      test.each([
        { onFailure: 'deny', kind: 'denied' },
        { onFailure: 'admit', kind: 'claims' },
      ] as const)(
        'a job that was given up lets the next login be judged by onFailure: $onFailure, and is tried again by it',
        async (expected) => {
          const person = { ...anna, jit: { ...jit, onFailure: expected.onFailure } };
          const subject = subjectOf(await provision(person));
          site.beforeCorp = () => Promise.reject(down());
          while ((await site.jobs())[0]?.status !== 'dead') await work();
          expect(await provision(person)).toMatchObject({ kind: expected.kind });
          expect(await jobs()).toEqual([
            ['superseded', 'job.newer'],
            ['waiting', null],
          ]);
          // It counts as failing until somebody has done it.
          expect(await provision(person)).toMatchObject({ kind: expected.kind });
          site.beforeCorp = () => Promise.resolve();
          await work();
          expect(await user(subject)).toMatchObject({ status: 'active' });
          expect(await provision(person)).toMatchObject({ kind: 'account', subject });
        },
        60_000,
      );

      test('a name that the store has already is nobody’s: the job is dead at once, later logins are told, and nothing is taken over', async () => {
        await site.addToCorp('anna');
        const subject = subjectOf(await provision({ ...anna, jit: { ...jit, onFailure: 'admit' } }));
        await work();
        expect(await jobs()).toEqual([['dead', 'username.taken']]);
        expect(await provision({ ...anna, jit: { ...jit, onFailure: 'admit' } })).toMatchObject({ kind: 'denied', code: 'username.taken' });
        await site.removeFromCorp('anna');
        await work();
        expect(await user(subject)).toMatchObject({ status: 'active' });
      });

      test('an account that a call makes after its caller gave up is brought to what the next login said', async () => {
        const roles = {
          mappings: [
            { remote: 'eng', local: 'developer' },
            { remote: 'ops', local: 'operator' },
          ],
        };
        const member = (of: string): Login => ({ ...anna, roles, claims: { given_name: `Anna of ${of}`, roles: [of] } });
        site.beforeCorp = (call) => (call === 'create' ? Promise.reject(down()) : Promise.resolve());
        const subject = subjectOf(await provision(member('eng')));
        await work();
        const late = { userId: subject, username: 'anna', enabled: true, attributes: { givenName: 'Anna of eng' }, groups: [] };
        site.beforeCorp = async (call) => {
          if (call !== 'create') return;
          site.beforeCorp = () => Promise.resolve();
          await site.store('CORP').create({ ...late, roles: ['developer'] });
        };
        await provision(member('ops'));
        await work();
        expect(await site.store('CORP').find(subject)).toMatchObject({ attributes: { givenName: 'Anna of ops' }, roles: ['operator'] });
        expect(await jobs()).toEqual([
          ['superseded', 'job.newer'],
          ['done', null],
        ]);
      });

      test('claims that a job cannot keep deny the login', async () => {
        const claims = { given_name: 'Anna', photo: 'x'.repeat(60_000) };
        expect(await provision({ ...anna, claims })).toMatchObject({ kind: 'denied', code: 'claim.tooLarge' });
        expect(await site.counts()).toMatchObject({ users: 0 });
        expect(await jobs()).toEqual([]);
      });
    });
  });
}
