import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { MembershipGrants } from '@foyer/userstores';
import { Crash } from './fuse.js';
import { login, type ProvisioningSite } from './provisioning-site.js';

const mappings = [
  { remote: 'engineering', local: 'developer' },
  { remote: 'helpdesk', local: 'support' },
  { pattern: 'office-(.+)', group: '$1' },
];
const here = ['idp:acme-id'];

/** What logins do to the roles and groups of accounts, on every database. `open` is called once. */
export function rolesSuite(name: string, open: () => Promise<ProvisioningSite>): void {
  describe(name, () => {
    let site: ProvisioningSite;

    beforeAll(async () => {
      site = await open();
    }, 60_000);
    afterAll(() => site.close());

    describe.each(['PRIMARY', 'CORP'])('in %s', (userStore) => {
      let userId: string;

      /** A login with these remote roles; returns what became of it. */
      const logIn = async (remote: readonly string[], roles: Parameters<typeof login>[0]['roles'] = {}): Promise<string> => {
        const request = login({ subject: 'anna', jit: { userStore }, claims: { roles: remote }, roles: { mappings, ...roles } });
        const result = await site.process().provisioning.provision(request);
        if (result.kind !== 'account') return result.kind;
        userId = result.subject;
        return result.outcome;
      };
      const held = async () => {
        const { roles = [], groups = [] } = (await site.store(userStore).find(userId)) ?? {};
        const user = await site.registry.find(site.database.read, userId);
        return { roles: [...roles].sort(), groups: [...groups].sort(), grants: user?.grants };
      };
      const grant = (grants: MembershipGrants) =>
        site.database.transaction((tx) => site.registry.update(tx, userId, { grants }, Date.now()));

      beforeEach(async () => {
        site.fuse.remove();
        await site.empty();
      });

      test('what somebody else gave, too, stays until they take it back', async () => {
        await logIn(['engineering', 'helpdesk']);
        await grant({ 'role:developer': [...here, 'idp:other-id'], 'role:support': ['local', ...here] });
        expect(await logIn([])).toBe('update');
        expect(await held()).toMatchObject({
          roles: ['developer', 'support'],
          grants: { 'role:developer': ['idp:other-id'], 'role:support': ['local'] },
        });
        expect(await logIn([])).toBe('unchanged');
        expect(await logIn([], { revoke: 'all' })).toBe('update');
        expect(await held()).toEqual({ roles: [], groups: [], grants: {} });
      });

      test('500 roles are granted at once, and 501 deny the login', async () => {
        const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `role-${index}`);
        expect(await logIn(many(501), { unmapped: 'same-name' })).toBe('denied');
        expect(await site.counts()).toMatchObject({ users: 0, accounts: 0 });
        expect(await logIn(many(500), { unmapped: 'same-name' })).toBe('create');
        expect((await held()).roles).toHaveLength(500);
        expect(await logIn(many(500), { unmapped: 'same-name' })).toBe('unchanged');
        expect(await logIn([], { unmapped: 'same-name' })).toBe('update');
        expect((await held()).roles).toEqual([]);
      });

      test('a process that dies after any of its writes leaves roles, and whose they are, to the next login to mend', async () => {
        let deaths = 0;
        for (let writes = 1; ; writes += 1) {
          await site.empty();
          await logIn(['engineering', 'helpdesk']);
          await grant({ 'role:developer': here });
          site.fuse.blowAfter(writes);
          await logIn(['office-oslo', 'helpdesk']).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
          site.fuse.remove();
          await logIn(['office-oslo', 'helpdesk']);
          const mended = { 'group:oslo': here, 'role:support': ['local', ...here] };
          expect(await held()).toEqual({ roles: ['support'], groups: ['oslo'], grants: mended });
          expect(await logIn(['office-oslo', 'helpdesk'])).toBe('unchanged');
          await logIn([]);
          expect(await held()).toMatchObject({ roles: ['support'], groups: [] });
          if (!site.fuse.blown) break;
          deaths += 1;
        }
        expect(deaths).toBe(userStore === 'CORP' ? 3 : 1);
      }, 60_000);
    });

    test('two owners who lose everything at the same moment leave one', async () => {
      site.fuse.remove();
      for (let round = 0; round < 5; round += 1) {
        await site.empty();
        const ids: string[] = [];
        for (const subject of ['anna', 'ben']) {
          const result = await site.process().provisioning.provision(login({ subject, jit: { userStore: 'PRIMARY' } }));
          if (result.kind === 'account') ids.push(result.subject);
        }
        await site.database.transaction(async (tx) => {
          for (const id of ids) await site.store('PRIMARY').update(id, { roles: { add: ['owner'], remove: [] } }, tx);
        });
        const gone = { claims: { roles: [] }, roles: { mappings, revoke: 'all' } } as const;
        await Promise.all(['anna', 'ben'].map((subject) => site.process().provisioning.provision(login({ subject, ...gone }))));
        const accounts = await Promise.all(ids.map((id) => site.store('PRIMARY').find(id)));
        expect(accounts.flatMap((account) => account?.roles)).toEqual(['owner']);
      }
    }, 60_000);
  });
}
