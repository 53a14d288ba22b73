import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { JobOvertaking } from '@foyer/provisioning';
import { FoyerError } from '@foyer/platform';
import { hasOwner, type RegisteredUser } from '@foyer/userstores';
import { agree, profilePurpose } from './profile-purpose.js';
import { login, ProvisioningSite, subjectOf, type Login } from './provisioning-site.js';

const down = (): FoyerError => new FoyerError('unavailable', 'store.unavailable', 'The user store CORP does not answer at the moment.');

/** What others do to people whose jobs are not done. `open` is called once. */
export function deferredRacesSuite(name: string, open: () => Promise<ProvisioningSite>): void {
  describe(`${name}: what happens while a job waits or runs`, () => {
    let site: ProvisioningSite;

    beforeAll(async () => {
      site = await open();
    }, 60_000);
    afterAll(() => site.close());
    beforeEach(async () => {
      site.beforeCorp = () => Promise.resolve();
      site.purposes = [];
      site.providers.clear();
      await site.empty();
    });

    const provision = (who: Login) => site.provision(who);
    const work = () => site.work();
    const user = (id: string): Promise<RegisteredUser | undefined> => site.registry.find(site.database.read, id);
    const jobs = async (): Promise<(string | null)[][]> => (await site.jobs()).map(({ status, code }) => [status, code]);
    const untilDead = async (): Promise<void> => {
      while ((await site.jobs()).some(({ status }) => status === 'waiting')) await work();
    };
    /** As an administrator does. */
    const remove = async (subject: string, userStore: string): Promise<void> => {
      await site.database.transaction((tx) => new JobOvertaking(site.subjects).changing(tx, subject));
      await site.remove(subject, userStore);
    };
    const once = (call: string, what: () => Promise<void>): void => {
      site.beforeCorp = async (made) => {
        if (made !== call) return;
        site.beforeCorp = () => Promise.resolve();
        await what();
      };
    };

    test('nobody who is deleted while the store creates their account is left there', async () => {
      const anna: Login = { subject: 'anna', jit: { mode: 'nonBlocking', userStore: 'CORP' } };
      const subject = subjectOf(await provision(anna));
      once('create', () => remove(subject, 'CORP'));
      await work();
      expect(await jobs()).toEqual([['superseded', 'job.overtaken']]);
      expect(await site.counts()).toMatchObject({ links: 1, users: 0, accounts: 0 });
      expect(subjectOf(await provision(anna))).not.toBe(subject);
      await work();
      expect(await site.counts()).toMatchObject({ links: 1, users: 1, accounts: 1 });
    });

    describe.each(['PRIMARY', 'CORP'])('roles of an account in %s that two identity providers know', (userStore) => {
      const roles = { mappings: [{ remote: 'eng', local: 'developer' }] };
      const at = (provider: string, remote: string[], jit: Login['jit'] = {}): Login => ({
        ...{ provider, subject: 'anna', roles, claims: { roles: remote } },
        jit: { mode: 'nonBlocking', userStore, ...jit },
      });
      const storedRoles = async (id: string) => (await site.store(userStore).find(id))?.roles;
      const suspended = async (id: string) => (await user(id))?.suspendedRoles;

      /** Known at both, by the word of an administrator. */
      const annaOfBoth = async (...granting: string[]): Promise<string> => {
        const subject = subjectOf(await provision(at('acme', granting.includes('acme') ? ['eng'] : [])));
        await work();
        const linking = { existing: 'pre-provisioned', match: [] } as const;
        const other = login(at('globex', []));
        const person = { ...other.identity, identityProviderId: other.identityProvider.id, identityProvider: 'globex' };
        await site.database.transaction((tx) => site.links.name(tx, person, subject, 1));
        const remote = granting.includes('globex') ? ['eng'] : [];
        expect(subjectOf(await provision(at('globex', remote, { mode: 'blocking', linking })))).toBe(subject);
        return subject;
      };

      test('what one grants no more does not count again because the other logs them in', async () => {
        const subject = await annaOfBoth('acme');
        await provision(at('acme', []));
        expect(await suspended(subject)).toEqual(['developer']);
        await provision(at('globex', []));
        expect(await suspended(subject)).toEqual(['developer']);
        await provision(at('globex', [], { mode: 'blocking' }));
        expect(await suspended(subject)).toEqual(['developer']);
        expect(await storedRoles(subject)).toEqual(['developer']);
        await work();
        expect(await suspended(subject)).toEqual([]);
        expect(await storedRoles(subject)).toEqual([]);
      });

      test('what both grant no more counts no more at once', async () => {
        const subject = await annaOfBoth('acme', 'globex');
        await provision(at('acme', []));
        expect(await suspended(subject)).toEqual([]);
        await provision(at('globex', []));
        expect(await suspended(subject)).toEqual(['developer']);
        await work();
        expect(await suspended(subject)).toEqual([]);
        expect(await storedRoles(subject)).toEqual([]);
        expect(await user(subject)).toMatchObject({ grants: {} });
      });

      test('what one grants no more and the other begins to grant counts, and stays', async () => {
        const subject = await annaOfBoth('acme');
        await provision(at('acme', []));
        await provision(at('globex', ['eng']));
        expect(await suspended(subject)).toEqual([]);
        await work();
        expect(await storedRoles(subject)).toEqual(['developer']);
        expect(await user(subject)).toMatchObject({ suspendedRoles: [], grants: { 'role:developer': ['idp:globex-id'] } });
      });
    });

    test('an owner whose ownership counts no more is no reason to let the last one go', async () => {
      const [one, other] = [
        await site.addUser('PRIMARY', 'one', 'secret', ['owner']),
        await site.addUser('PRIMARY', 'other', 'secret', ['owner']),
      ];
      expect(await hasOwner(site.database.read, other)).toBe(true);
      await site.database.transaction((tx) => site.registry.update(tx, one, { suspendedRoles: ['auditor', 'owner'] }, 1));
      expect(await hasOwner(site.database.read, other)).toBe(false);
      await site.database.transaction((tx) => site.registry.update(tx, one, { suspendedRoles: ['co-owner'] }, 1));
      expect(await hasOwner(site.database.read, other)).toBe(true);
    });

    test('a role that is lost counts no more, although what an earlier login left to a job was given up', async () => {
      const roles = { mappings: [{ remote: 'eng', local: 'developer' }] };
      const anna = (remote: string[], onFailure: 'deny' | 'admit'): Login => ({
        ...{ subject: 'anna', roles, claims: { roles: remote } },
        jit: { mode: 'nonBlocking', userStore: 'CORP', onFailure },
      });
      const subject = subjectOf(await provision(anna(['eng'], 'deny')));
      await work();
      for (const onFailure of ['deny', 'admit'] as const) {
        site.beforeCorp = () => Promise.reject(down());
        await provision(anna(['eng'], onFailure));
        await untilDead();
        expect(await provision(anna([], onFailure))).toMatchObject({ kind: onFailure === 'deny' ? 'denied' : 'claims' });
        expect(await user(subject)).toMatchObject({ suspendedRoles: ['developer'] });
        site.beforeCorp = () => Promise.resolve();
        await work();
        expect(await user(subject)).toMatchObject({ suspendedRoles: [], grants: {} });
        await provision(anna(['eng'], onFailure));
        await work();
      }
    }, 60_000);

    describe('consent', () => {
      const jit = { mode: 'nonBlocking', userStore: 'CORP', prompt: 'consent' } as const;
      const anna = (accepted?: readonly string[]): Login => ({
        subject: 'anna',
        jit,
        ...(accepted && { answers: { consent: agree(accepted) } }),
      });
      const revoke = async (subject: string): Promise<void> => {
        for (const { id } of await site.receipts.ofUser(site.database.read, subject)) {
          await site.process().revocation.revoke(id, { kind: 'person', subject });
        }
      };

      beforeEach(() => {
        site.purposes = [profilePurpose];
      });

      test('that is taken back while the store creates the account leaves nothing of it there', async () => {
        const subject = subjectOf(await provision(anna(['email', 'givenName'])));
        once('create', () => revoke(subject));
        await work();
        expect(await site.stored('CORP', subject)).toEqual({ username: 'anna', attributes: {} });
      });

      test('that is taken back before there is an account is not stored, is asked for again, and can be given', async () => {
        const subject = subjectOf(await provision(anna(['email', 'givenName'])));
        await revoke(subject);
        await work();
        expect((await site.stored('CORP', subject)).attributes).toEqual({});
        expect(await provision(anna())).toMatchObject({ kind: 'prompt' });
        expect(await provision(anna(['email']))).toMatchObject({ kind: 'account', subject });
        await work();
        expect((await site.stored('CORP', subject)).attributes).toEqual({ email: 'anna@acme.example' });
      });
    });

    describe('the identity provider', () => {
      const anna: Login = { subject: 'anna', provider: 'globex', jit: { mode: 'nonBlocking' } };

      test('that a worker does not know yet, or knows as it was before, is waited for', async () => {
        const request = login(anna);
        const { identityProvider } = request;
        await site.process().provisioning.provision({ ...request, identityProvider: { ...identityProvider, version: 2 } });
        await work();
        expect(await jobs()).toEqual([['waiting', 'identityProvider.unknown']]);
        site.providers.set(identityProvider.id, { ...identityProvider, jit: { ...identityProvider.jit, enabled: false } });
        await work();
        expect(await jobs()).toEqual([['waiting', 'identityProvider.unknown']]);
        site.providers.set(identityProvider.id, { ...identityProvider, version: 2 });
        await work();
        expect(await jobs()).toEqual([['done', null]]);
        expect(await site.counts()).toMatchObject({ users: 1, accounts: 1 });
      });

      test('that is somebody else now gives nothing for what the earlier one said', async () => {
        const roles = { mappings: [{ remote: 'eng', local: 'owner' }] };
        const subject = subjectOf(await provision({ ...anna, roles: { mappings: [] }, claims: { roles: ['eng'] } }));
        const { identityProvider } = login({ ...anna, roles });
        const moved = { ...identityProvider, version: 2, oidc: { ...identityProvider.oidc, issuer: 'https://other.example' } };
        site.providers.set(moved.id, moved);
        await untilDead();
        expect(await jobs()).toEqual([['dead', 'identityProvider.otherIssuer']]);
        expect(await user(subject)).toMatchObject({ status: 'creating' });
      }, 60_000);
    });
  });
}
