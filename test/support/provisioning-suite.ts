import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApplicationConsents } from '@foyer/consent';
import type { ProvisionResult } from '@foyer/provisioning';
import { LinkBurial, LinksOfUsers, plan } from '@foyer/provisioning';
import { FoyerError, newId, systemClock } from '@foyer/platform';
import { Crash } from './fuse.js';
import { login, ProvisioningSite, type Login } from './provisioning-site.js';

const stores = ['PRIMARY', 'CORP'] as const;
const nobody = { byId: () => undefined, byName: () => undefined };
const down = (): FoyerError => new FoyerError('unavailable', 'store.unavailable', 'The user store CORP does not answer at the moment.');

/** What provisioning has to do on every database. `open` is called once. */
export function provisioningSuite(name: string, open: () => Promise<ProvisioningSite>): void {
  describe(name, () => {
    let site: ProvisioningSite;

    beforeAll(async () => {
      site = await open();
    }, 60_000);
    afterAll(() => site.close());
    beforeEach(async () => {
      site.beforeCorp = () => Promise.resolve();
      site.fuse.remove();
      await site.empty();
    });

    const provision = (who: Login): Promise<ProvisionResult> => site.process().provisioning.provision(login(who));
    const account = async (userId: string, domain: string) => {
      const user = await site.registry.find(site.database.read, userId);
      return { user, ...(await site.stored(domain, userId)) };
    };

    describe.each(stores)('into %s', (userStore) => {
      const anna = { subject: 'anna', jit: { userStore } };

      test('the first login creates, the second changes nothing, a change outside is taken over', async () => {
        const first = await provision(anna);
        expect(first).toMatchObject({ kind: 'account', outcome: 'create', userStore, username: 'anna' });
        const subject = first.kind === 'account' ? first.subject : '';
        expect(await provision(anna)).toEqual({ ...first, outcome: 'unchanged' });
        expect(await account(subject, userStore)).toMatchObject({
          user: { status: 'active', email: 'anna@acme.example', origins: { email: { by: 'idp', verified: true } } },
          attributes: { email: 'anna@acme.example', givenName: 'Anna' },
        });
        expect(await provision({ ...anna, claims: { given_name: 'Ann' } })).toMatchObject({ ...first, mapped: {}, outcome: 'update' });
        const changed = await account(subject, userStore);
        expect(changed).toMatchObject({ attributes: { givenName: 'Ann' }, user: { origins: { givenName: { by: 'idp' } } } });
        expect(changed.attributes).not.toHaveProperty('email');
        expect(changed.user).not.toHaveProperty('email');
        expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1, unchanged: 1, update: 1 });
      });

      test('50 simultaneous first logins of one person give one account and 50 successes', async () => {
        const [one, other] = [site.process(), site.process()];
        const results = await Promise.all(
          Array.from({ length: 50 }, (_, index) => (index % 2 ? one : other).provisioning.provision(login(anna))),
        );
        expect(new Set(results.map((result) => result.kind === 'account' && result.subject)).size).toBe(1);
        expect(results.filter((result) => result.kind === 'account' && result.outcome === 'create')).toHaveLength(1);
        expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1, unchanged: 49 });
      }, 60_000);

      test('50 people who want one username: one gets it, 49 are told that it is taken', async () => {
        const { provisioning } = site.process();
        const results = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            provisioning.provision(
              login({ subject: `person-${index}`, jit: { userStore }, userIdClaim: 'nick', claims: { nick: index % 2 ? 'ANNA' : 'anna' } }),
            ),
          ),
        );
        expect(results.filter(({ kind }) => kind === 'account')).toHaveLength(1);
        expect(results.filter((result) => result.kind === 'denied' && result.code === 'username.taken')).toHaveLength(49);
        expect(await site.counts()).toMatchObject({ users: 1, accounts: 1, create: 1, deny: 49 });
      }, 60_000);

      test('20 simultaneous later logins with changes end with one of them, whole', async () => {
        await provision(anna);
        const { provisioning } = site.process();
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            provisioning.provision(
              login({
                ...anna,
                claims: { email: `a${index % 2}@acme.example`, email_verified: index % 2 === 1, given_name: `A${index % 2}` },
              }),
            ),
          ),
        );
        expect(results.every(({ kind }) => kind === 'account')).toBe(true);
        const [first] = results;
        const { attributes, user } = await account(first?.kind === 'account' ? first.subject : '', userStore);
        const last = attributes?.['givenName'] === 'A1' ? 1 : 0;
        expect(attributes).toEqual({ email: `a${last}@acme.example`, givenName: `A${last}` });
        expect(user?.origins['email']?.verified ?? false).toBe(last === 1);
        expect(user?.email).toBe(`a${last}@acme.example`);
      }, 60_000);

      test('a process that dies after any of its writes leaves what the next login heals', async () => {
        let deaths = 0;
        for (const known of [false, true]) {
          for (let writes = 1; ; writes += 1) {
            await site.empty();
            if (known) await provision(anna);
            const changed = { ...anna, claims: { email: 'other@acme.example', email_verified: true } };
            site.fuse.blowAfter(writes);
            await provision(known ? changed : anna).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
            site.fuse.remove();
            const healed = await provision(changed);
            expect(healed).toMatchObject({ kind: 'account', username: 'anna' });
            expect(await provision(changed)).toMatchObject({ outcome: 'unchanged' });
            expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1, create: 1 });
            expect(await account(healed.kind === 'account' ? healed.subject : '', userStore)).toMatchObject({
              user: { status: 'active', email: 'other@acme.example', origins: { email: { verified: true } } },
              attributes: { email: 'other@acme.example' },
            });
            if (!site.fuse.blown) break;
            deaths += 1;
          }
        }
        expect(deaths).toBe(userStore === 'CORP' ? 6 : 2);
      }, 60_000);

      test('a plan that is applied again, by another process and after any death, is as if applied once', async () => {
        const decide = async () => {
          const { identity, identityProvider } = login(anna);
          const { snapshot } = await site.process().snapshots.load({ identity, identityProvider, during: 'login' });
          return plan({ identity, identityProvider, snapshot, during: 'login', loginId: newId(), language: 'en', now: Date.now(), newId });
        };
        for (let writes = 1; ; writes += 1) {
          await site.empty();
          const decided = await decide();
          const occasion = { loginId: newId(), startedAt: Date.now() };
          site.fuse.blowAfter(writes);
          await site
            .process()
            .applier.apply(decided, occasion)
            .catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
          site.fuse.remove();
          for (const _again of [1, 2]) expect(await site.process().applier.apply(decided, occasion)).toEqual({ status: 'applied' });
          expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1 });
          expect(await decide()).toMatchObject({ outcome: 'unchanged', subject: decided.subject });
          if (!site.fuse.blown) break;
        }
      }, 60_000);

      test('a plan that is applied again after its user was deleted brings nobody back', async () => {
        const request = login(anna);
        const { snapshot } = await site.process().snapshots.load({ ...request, during: 'login' });
        const decided = plan({ ...request, snapshot, during: 'login', language: 'en', now: Date.now(), newId });
        const occasion = { loginId: request.loginId, startedAt: Date.now() };
        await site.process().applier.apply(decided, occasion);
        await site.remove(decided.subject ?? '', userStore);
        await site.process().applier.apply(decided, occasion);
        expect(await site.counts()).toEqual({ links: 1, users: 0, accounts: 0, create: 1 });
        expect(await site.stored(userStore, decided.subject ?? '')).toEqual({});
      });

      test('a deleted user comes back as somebody new, under another id', async () => {
        const first = await provision(anna);
        const former = first.kind === 'account' ? first.subject : '';
        await site.remove(former, userStore);
        const second = await provision(anna);
        expect(second).toMatchObject({ kind: 'account', outcome: 'create', username: 'anna' });
        expect(second.kind === 'account' && second.subject).not.toBe(former);
        expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 2 });
      });

      test('who logged in while JIT was off keeps the id when it is on', async () => {
        const off = await provision({ ...anna, jit: { userStore, enabled: false } });
        expect(off).toMatchObject({
          kind: 'claims',
          outcome: 'skip',
          mapped: { attributes: { email: 'anna@acme.example', emailVerified: true } },
        });
        const again = await provision({ ...anna, jit: { userStore, enabled: false } });
        expect(again).toEqual(off);
        const on = await provision(anna);
        expect(on).toMatchObject({ kind: 'account', outcome: 'create', subject: off.kind === 'claims' && off.subject });
        expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1, skip: 2 });
      });
    });

    test('50 simultaneous first logins without JIT get one subject', async () => {
      const { provisioning } = site.process();
      const results = await Promise.all(
        Array.from({ length: 50 }, () => provisioning.provision(login({ subject: 'anna', jit: { enabled: false } }))),
      );
      expect(new Set(results.map((result) => result.kind === 'claims' && result.subject)).size).toBe(1);
      expect(await site.counts()).toEqual({ links: 1, users: 0, accounts: 0, skip: 50 });
    }, 60_000);

    test('subjects that databases like to confuse are different people', async () => {
      const nick = (subject: string, index: number) => ({ subject, userIdClaim: 'nick', claims: { nick: `person-${index}` } });
      const subjects = ['anna', 'Anna', 'ánna', 'anna '];
      for (const [index, subject] of subjects.entries()) await provision(nick(subject, index));
      for (const [index, subject] of subjects.entries())
        expect(await provision(nick(subject, index))).toMatchObject({ username: `person-${index}` });
      expect(await site.counts()).toMatchObject({ links: 4, users: 4 });
    });

    test('links are listed by their users, and found by provider and subject', async () => {
      const links = new LinksOfUsers(site.database, site.links, nobody, systemClock);
      const [anna, bob] = [await provision({ subject: 'anna' }), await provision({ subject: 'bob' })];
      const [annaId, bobId] = [anna, bob].map((result) => (result.kind === 'account' ? result.subject : ''));
      const listed = await links.linksOf([annaId ?? '', bobId ?? '']);
      expect(listed.get(annaId ?? '')).toEqual([{ identityProvider: 'acme', subject: 'anna', active: true }]);
      expect(await links.linksOf([])).toEqual(new Map());
      const found = async (wanted: Parameters<LinksOfUsers['usersWith']>[0]): Promise<string[]> => {
        const { sql, parameters } = links.usersWith(wanted);
        const query = site.database.read.createQueryBuilder().select('u.id', 'id').from('users', 'u').where(`u.id IN (${sql})`, parameters);
        return (await query.getRawMany<{ id: string }>()).map(({ id }) => id);
      };
      expect(await found({ identityProvider: 'acme', subject: 'anna' })).toEqual([annaId]);
      expect(new Set(await found({ identityProvider: 'acme' }))).toEqual(new Set([annaId, bobId]));
      expect(await found({ identityProvider: 'other' })).toEqual([]);
      await site.database.transaction((tx) => new LinkBurial(site.links, new ApplicationConsents(), systemClock).removed(tx, annaId ?? ''));
      expect(await found({ subject: 'anna' })).toEqual([]);
      expect((await links.linksOf([annaId ?? ''])).get(annaId ?? '')).toBeUndefined();
    });

    test('a refused login is journalled and leaves no link', async () => {
      expect(await provision({ subject: 'x'.repeat(300) })).toMatchObject({ kind: 'denied', code: 'subject.tooLong' });
      expect(await provision({ subject: 'no' })).toMatchObject({ kind: 'denied', code: 'policy.username' });
      expect(await site.counts()).toEqual({ links: 0, users: 0, accounts: 0, deny: 2 });
    });

    test.each([
      ['while it is asked who has the name', 'findByUsername'],
      ['while it creates', 'create'],
    ] as const)('a store that is down %s denies, or lets in without an account', async (_when, failing) => {
      const anna = { subject: 'anna', jit: { userStore: 'CORP' } };
      const admitting = { subject: 'anna', jit: { userStore: 'CORP', onFailure: 'admit' as const } };
      site.beforeCorp = (call) => (call === failing ? Promise.reject(down()) : Promise.resolve());
      expect(await provision(anna)).toMatchObject({ kind: 'denied', code: 'store.unavailable' });
      const admitted = await provision(admitting);
      expect(admitted).toMatchObject({ kind: 'claims', outcome: 'admit', mapped: { attributes: { givenName: 'Anna' } } });
      site.beforeCorp = () => Promise.resolve();
      const recovered = await provision(admitting);
      expect(recovered).toMatchObject({ kind: 'account', outcome: 'create', subject: admitted.kind === 'claims' && admitted.subject });
      expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, admit: 1, create: 1, failed: 1 });
    });

    test('a name that only the store knows is taken, and stays free in Foyer', async () => {
      await site.addToCorp('anna');
      const anna = { subject: 'anna', jit: { userStore: 'CORP' } };
      expect(await provision(anna)).toMatchObject({ kind: 'denied', code: 'username.taken' });
      let asked = 0;
      // The account comes into the store between the question and the creation.
      await site.removeFromCorp('anna');
      site.beforeCorp = async (call) => {
        if (call === 'create' && (asked += 1) === 1) await site.addToCorp('anna');
      };
      expect(await provision(anna)).toMatchObject({ kind: 'denied', code: 'username.taken' });
      expect(asked).toBe(1);
      expect(await site.counts()).toMatchObject({ users: 0, deny: 2 });
      await site.removeFromCorp('anna');
      expect(await provision(anna)).toMatchObject({ kind: 'account', outcome: 'create' });
    });

    test('a user who is deleted while the store creates the account gets a new one', async () => {
      let creations = 0;
      let former = '';
      site.beforeCorp = async (call) => {
        if (call !== 'create' || (creations += 1) > 1) return;
        const [user] = await site.database.read.query<{ id: string }[]>('SELECT id FROM users');
        former = user?.id ?? '';
        await site.remove(former, 'CORP');
      };
      const result = await provision({ subject: 'anna', jit: { userStore: 'CORP' } });
      expect(result).toMatchObject({ kind: 'account', outcome: 'create' });
      expect(result.kind === 'account' && result.subject).not.toBe(former);
      expect(await site.stored('CORP', former)).toEqual({});
    });

    test('49 logins that come while a slow store still creates the account carry on with the same one', async () => {
      let finds = 0;
      let creations = 0;
      let resolve = (): void => undefined;
      const everybodyIsThere = new Promise<void>((done) => {
        resolve = done;
      });
      site.beforeCorp = async (call) => {
        if (call === 'find' && (finds += 1) === 49) resolve();
        if (call !== 'create') return;
        creations += 1;
        await everybodyIsThere;
      };
      const [one, other] = [site.process(), site.process()];
      const anna = { subject: 'anna', jit: { userStore: 'CORP' } };
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? one : other).provisioning.provision(login(anna))),
      );
      expect(new Set(results.map((result) => result.kind === 'account' && result.subject)).size).toBe(1);
      expect(creations).toBeLessThan(50);
      expect(await site.counts()).toEqual({ links: 1, users: 1, accounts: 1, create: 1, unchanged: 49 });
    }, 60_000);

    test('a store that still has the earlier value never has it under the verification of the next one', async () => {
      const anna = { subject: 'anna', jit: { userStore: 'CORP' } };
      const first = await provision({ ...anna, claims: { email: 'earlier@evil.example', email_verified: true } });
      const subject = first.kind === 'account' ? first.subject : '';
      site.fuse.blowAfter(1);
      await expect(provision(anna)).rejects.toBeInstanceOf(Crash);
      site.fuse.remove();
      expect(await site.stored('CORP', subject)).toMatchObject({ attributes: { email: 'earlier@evil.example' } });
      const between = await site.registry.find(site.database.read, subject);
      expect(between?.origins['email']).toEqual({ by: 'idp', identityProviderId: 'acme-id', since: expect.any(Number) });
      await provision(anna);
      const healed = await site.registry.find(site.database.read, subject);
      expect(healed?.origins['email']).toMatchObject({ verified: true });
    });

    test('an administrator’s change between plan and apply is not overwritten', async () => {
      const anna = { subject: 'anna', jit: { attributeSync: 'preserve-local' as const } };
      const first = await provision(anna);
      const subject = first.kind === 'account' ? first.subject : '';
      const changed = login({ ...anna, claims: { given_name: 'Ann' } });
      const { snapshots, applier } = site.process();
      const { snapshot } = await snapshots.load({ ...changed, during: 'login' });
      const decided = plan({ ...changed, snapshot, during: 'login', language: 'en', now: Date.now(), newId });
      expect(decided.outcome).toBe('update');
      await site.database.transaction((tx) => site.registry.update(tx, subject, { origins: { givenName: { by: 'local' } } }, Date.now()));
      expect(await applier.apply(decided, { loginId: changed.loginId, startedAt: Date.now() })).toEqual({ status: 'stale' });
      expect(await site.stored('PRIMARY', subject)).toMatchObject({ attributes: { givenName: 'Anna' } });
    });

    test('the journal tells what was done and why', async () => {
      const first = await provision({ subject: 'anna' });
      const [entry] = await site.database.read.query<Record<string, unknown>[]>('SELECT * FROM journal_entries');
      expect(entry).toMatchObject({
        identity_provider: 'acme',
        subject: 'anna',
        username: 'anna',
        user_store: 'PRIMARY',
        outcome: 'create',
        code: null,
      });
      expect(entry?.['user_id']).toBe(first.kind === 'account' && first.subject);
      expect(JSON.parse(String(entry?.['plan']))).toMatchObject({
        outcome: 'create',
        steps: [
          { type: 'chooseStore' },
          { type: 'chooseUsername' },
          { type: 'createUser' },
          { type: 'setAttribute' },
          { type: 'setAttribute' },
          { type: 'linkAccount' },
        ],
      });
      expect(JSON.parse(String(entry?.['after_values']))).toEqual({ email: 'anna@acme.example', givenName: 'Anna' });
    });
  });
}
