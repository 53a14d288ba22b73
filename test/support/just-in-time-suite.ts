import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProvisionResult } from '@foyer/provisioning';
import { Crash } from './fuse.js';
import { agree, profilePurpose } from './profile-purpose.js';
import { login, subjectOf, type Login, type ProvisioningSite } from './provisioning-site.js';

const stores = ['PRIMARY', 'CORP'] as const;
const secret = 'correct horse battery';
const provable = { linking: { existing: 'prove-ownership', match: [] } } as const;
const engineers = {
  mappings: [
    { remote: 'eng', local: 'developer' },
    { remote: 'eng', group: 'staff' },
    { remote: 'ops', local: 'operator' },
  ],
};

/** Prompts, links, consent and roles, on every database and in stores inside and outside of it. `open` is called once. */
export function justInTimeSuite(name: string, open: () => Promise<ProvisioningSite>): void {
  describe(name, () => {
    let site: ProvisioningSite;

    beforeAll(async () => {
      site = await open();
    }, 60_000);
    afterAll(() => site.close());
    beforeEach(async () => {
      site.fuse.remove();
      site.purposes = [];
      site.failures.count = 0;
      await site.empty();
    });

    const provision = (who: Login): Promise<ProvisionResult> => site.process().provisioning.provision(login(who));
    const asked = (result: ProvisionResult): readonly string[] =>
      result.kind === 'prompt' ? result.asks.map((ask) => ('problem' in ask ? `${ask.type} ${ask.problem}` : ask.type)) : [result.kind];
    const grants = async (userId: string) => (await site.registry.find(site.database.read, userId))?.grants;

    describe.each(stores)('in %s', (userStore) => {
      const local = (username: string, roles?: readonly string[]): Promise<string> => site.addUser(userStore, username, secret, roles);

      describe('prompts', () => {
        const jit = { userStore, prompt: 'username+password+consent' } as const;
        const typed = { username: 'annie', password: secret, passwordRepeated: secret };

        test('nothing is written before everything is answered, then the typed password opens the account', async () => {
          expect(asked(await provision({ subject: 'anna', jit }))).toEqual(['askUsername', 'askPassword']);
          expect(await site.counts()).toEqual({ links: 0, users: 0, accounts: 0 });
          const answers = { ...typed, passwordRepeated: 'x' };
          expect(asked(await provision({ subject: 'anna', jit, answers }))).toEqual(['askUsername', 'askPassword password.mismatch']);
          const created = await provision({ subject: 'anna', jit, answers: typed });
          expect(created).toMatchObject({ kind: 'account', outcome: 'create', username: 'annie', userStore });
          expect(await site.store(userStore).verifyPassword('annie', secret)).toMatchObject({ userId: subjectOf(created) });
          expect(await site.store(userStore).verifyPassword('annie', 'x')).toBeUndefined();
          expect(await provision({ subject: 'anna', jit })).toMatchObject({ kind: 'account', outcome: 'unchanged', username: 'annie' });
          expect(JSON.stringify(await site.everything())).not.toContain(secret);
        });

        test('50 people who type one username: one gets it, 49 are asked again', async () => {
          const { provisioning } = site.process();
          const results = await Promise.all(
            Array.from({ length: 50 }, (_, index) => provisioning.provision(login({ subject: `person-${index}`, jit, answers: typed }))),
          );
          expect(results.filter(({ kind }) => kind === 'account')).toHaveLength(1);
          const again = results.filter((result) => result.kind === 'prompt');
          expect(again).toHaveLength(49);
          for (const result of again) expect(asked(result)).toEqual(['askUsername username.taken', 'askPassword password.repeat']);
          expect(await site.counts()).toMatchObject({ users: 1, accounts: 1, create: 1 });
        }, 120_000);

        test('a typed username of an existing account is never linked, whatever is configured', async () => {
          await local('annie');
          const result = await provision({
            subject: 'anna',
            jit: { ...jit, ...provable },
            answers: { ...typed, ownershipPassword: secret },
          });
          expect(asked(result)).toEqual(['askUsername username.taken', 'askPassword password.repeat']);
        });
      });

      describe('links', () => {
        const jit = { userStore, ...provable };

        test('the password of the account proves that it is the person’s', async () => {
          const existing = await local('anna', ['auditor']);
          expect(asked(await provision({ subject: 'anna', jit }))).toEqual(['askOwnership']);
          expect(asked(await provision({ subject: 'anna', jit, answers: { ownershipPassword: 'no' } }))).toEqual([
            'askOwnership ownership.wrong',
          ]);
          expect(await site.counts()).toMatchObject({ links: 0, users: 1 });
          const linked = await provision({ subject: 'anna', jit, answers: { ownershipPassword: secret } });
          expect(linked).toMatchObject({ kind: 'account', outcome: 'link', subject: existing });
          expect(await site.store(userStore).find(existing)).toMatchObject({ attributes: { givenName: 'Anna' }, roles: ['auditor'] });
          expect(await provision({ subject: 'anna', jit })).toMatchObject({ outcome: 'unchanged', subject: existing });
          expect(await site.outcomes()).toEqual({ link: 1, unchanged: 1 });
        });

        test('an account that was found by something else is not named: the person does, and proves it', async () => {
          const existing = await local('lena');
          await site.database.transaction((tx) => site.registry.update(tx, existing, { email: 'lena@acme.example' }, Date.now()));
          const linking = { existing: 'prove-ownership', match: [{ claim: 'email', attribute: 'email' }] } as const;
          const stranger = { subject: 'mallory', claims: { email: 'lena@acme.example' }, jit: { userStore, linking } } as const;
          const question = await provision(stranger);
          expect(asked(question)).toEqual(['askOwnership']);
          expect(JSON.stringify(question)).not.toContain('lena');
          const wrong = await provision({ ...stranger, answers: { ownershipUsername: 'mallory', ownershipPassword: secret } });
          expect(asked(wrong)).toEqual(['askOwnership ownership.wrong']);
          expect(JSON.stringify(wrong)).not.toContain('lena');
          const answers = { ownershipUsername: 'lena', ownershipPassword: secret };
          expect(await provision({ ...stranger, answers })).toMatchObject({ outcome: 'link', subject: existing });
        });

        test('failed proofs are limited, and the account stays open to its owner', async () => {
          await local('anna');
          for (let guess = 0; guess < 10; guess += 1)
            await provision({ subject: 'anna', jit, answers: { ownershipPassword: `guess ${guess}` } });
          const late = await provision({ subject: 'anna', jit, answers: { ownershipPassword: secret } });
          expect(asked(late)).toEqual(['askOwnership ownership.tooMany']);
          expect(await site.store(userStore).verifyPassword('anna', secret)).toBeDefined();
        });

        test('two who prove the same account at once are both linked to it, each by their own identity', async () => {
          const existing = await local('anna');
          const proof = { jit, userIdClaim: 'nick', claims: { nick: 'anna' }, answers: { ownershipPassword: secret } };
          const results = await Promise.all(['a', 'b', 'a', 'b'].map((subject) => provision({ ...proof, subject })));
          for (const result of results) expect(result).toMatchObject({ kind: 'account', subject: existing });
          expect(await site.counts()).toMatchObject({ links: 2, users: 1, accounts: 1 });
        });

        test('a process that dies after any write of a link leaves what the next login heals', async () => {
          for (let writes = 1; ; writes += 1) {
            await site.empty();
            const existing = await local('anna');
            site.fuse.blowAfter(writes);
            const proof = {
              subject: 'anna',
              jit,
              roles: engineers,
              claims: { roles: ['eng'], given_name: 'Anna' },
              answers: { ownershipPassword: secret },
            };
            await provision(proof).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
            site.fuse.remove();
            expect(await provision(proof)).toMatchObject({ kind: 'account', subject: existing });
            expect(await site.store(userStore).find(existing)).toMatchObject({
              roles: ['developer'],
              groups: ['staff'],
              attributes: { givenName: 'Anna' },
            });
            expect(await grants(existing)).toEqual({ 'role:developer': ['idp:acme-id'], 'group:staff': ['idp:acme-id'] });
            expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1 });
            if (!site.fuse.blown) break;
          }
        }, 120_000);

        test('an account deleted between the proof and the link is not linked', async () => {
          const existing = await local('anna');
          const request = login({ subject: 'anna', jit, answers: { ownershipPassword: secret } });
          const { snapshots, applier } = site.process();
          const { snapshot } = await snapshots.load({ ...request, during: 'login', ownership: { userId: existing } });
          const decided = site.plan(request, snapshot);
          expect(decided.outcome).toBe('link');
          await site.remove(existing, userStore);
          expect(await applier.apply(decided, { loginId: request.loginId, startedAt: 0 })).toEqual({ status: 'stale' });
          expect(await site.counts()).toMatchObject({ links: 0, users: 0 });
        });
      });

      describe('roles', () => {
        const jit = { userStore };
        const loggedIn = (...roles: string[]): Login => ({ subject: 'anna', jit, roles: engineers, claims: { roles } });

        test('come and go with the identity provider, and what else was granted stays', async () => {
          const subject = subjectOf(await provision(loggedIn('eng', 'unknown')));
          const now = async () => site.store(userStore).find(subject);
          expect(await now()).toMatchObject({ roles: ['developer'], groups: ['staff'] });
          expect(await provision(loggedIn('eng'))).toMatchObject({ outcome: 'unchanged' });
          await site.store(userStore).update(subject, { roles: { add: ['auditor'] } });
          expect(await provision(loggedIn('ops'))).toMatchObject({ outcome: 'update' });
          const after = await now();
          expect([...(after?.roles ?? [])].sort()).toEqual(['auditor', 'operator']);
          expect(after?.groups).toEqual([]);
          expect(await grants(subject)).toEqual({ 'role:operator': ['idp:acme-id'] });
        });

        test('a process that dies while roles change leaves what the next login heals', async () => {
          for (let writes = 1; ; writes += 1) {
            await site.empty();
            const subject = subjectOf(await provision(loggedIn('eng')));
            site.fuse.blowAfter(writes);
            await provision(loggedIn('ops')).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
            site.fuse.remove();
            await provision(loggedIn('ops'));
            expect(await site.store(userStore).find(subject)).toMatchObject({ roles: ['operator'], groups: [] });
            expect(await grants(subject)).toEqual({ 'role:operator': ['idp:acme-id'] });
            if (!site.fuse.blown) break;
          }
        }, 60_000);
      });

      describe('consent', () => {
        const jit = { userStore, prompt: 'consent' } as const;

        test('is asked for, recorded with the account, and holds', async () => {
          site.purposes = [profilePurpose];
          expect(asked(await provision({ subject: 'anna', jit }))).toEqual(['askConsent']);
          const subject = subjectOf(await provision({ subject: 'anna', jit, answers: { consent: agree(['email']) } }));
          expect(await site.stored(userStore, subject)).toMatchObject({ attributes: { email: 'anna@acme.example' } });
          expect((await site.stored(userStore, subject)).attributes).not.toHaveProperty('givenName');
          expect(await site.receipts.current(site.database.read, subject)).toMatchObject([
            { purpose: 'profile', state: 'accepted', accepted: ['email'] },
          ]);
          expect(await provision({ subject: 'anna', jit })).toMatchObject({ kind: 'account', outcome: 'unchanged' });
        });

        test('of a mandatory attribute refused: no account, nothing stored but the journal', async () => {
          site.purposes = [profilePurpose];
          const refused = await provision({ subject: 'anna', jit, answers: { consent: agree(['givenName']) } });
          expect(refused).toMatchObject({ kind: 'denied', code: 'consent.refused' });
          expect(await site.counts()).toEqual({ links: 0, users: 0, accounts: 0, deny: 1 });
        });

        test('of a new version refused: the account stays, what only it justified goes', async () => {
          site.purposes = [profilePurpose];
          const subject = subjectOf(await provision({ subject: 'anna', jit, answers: { consent: agree(['email', 'givenName']) } }));
          site.purposes = [{ ...profilePurpose, version: 2 }];
          expect(asked(await provision({ subject: 'anna', jit }))).toEqual(['askConsent']);
          const answers = { consent: agree([], 2) };
          expect(await provision({ subject: 'anna', jit, answers })).toMatchObject({ kind: 'denied', code: 'consent.refused' });
          expect(await site.stored(userStore, subject)).toMatchObject({ username: 'anna', attributes: {} });
          expect((await site.stored(userStore, subject)).attributes).toEqual({});
          expect(await site.receipts.current(site.database.read, subject)).toMatchObject([{ version: 2, state: 'refused' }]);
        });

        test('a process that dies while an account with consent is created leaves what the next login heals', async () => {
          for (let writes = 1; ; writes += 1) {
            await site.empty();
            site.purposes = [profilePurpose];
            const answered = { subject: 'anna', jit, answers: { consent: agree(['email']) } };
            site.fuse.blowAfter(writes);
            await provision(answered).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
            site.fuse.remove();
            const healed = await provision(answered);
            expect(healed).toMatchObject({ kind: 'account', username: 'anna' });
            expect(await site.receipts.current(site.database.read, subjectOf(healed))).toHaveLength(1);
            expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1 });
            if (!site.fuse.blown) break;
          }
        }, 60_000);
      });
    });
  });
}
