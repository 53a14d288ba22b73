import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { JustInTimeSite, person } from './just-in-time-site.js';
import type { LoggedIn } from '../../apps/demo/application/relying-party.js';

const claims = { userId: 'preferred_username', roles: 'groups', mappings: [] };
const mappings = [
  { remote: 'engineering', local: 'developer' },
  { remote: ['hr', 'payroll'], group: 'staff' },
  { pattern: '^team-([a-z]+)$', group: 'team $1' },
  { remote: 'admins', local: 'foyer:users:read' },
];

const linked = { jit: { enabled: true, linking: { existing: 'pre-provisioned' } } };

let site: JustInTimeSite;

beforeAll(async () => {
  site = await JustInTimeSite.start({
    providers: {
      acme: { claims, roles: { mappings, default: ['member'] } },
      globex: { claims, roles: { mappings }, ...linked },
      initech: { claims, roles: { mappings }, ...linked },
      generous: { claims, roles: { unmapped: 'same-name', never: ['Owner', 'auditor'], revoke: 'never' } },
      exact: { claims, roles: { mappings, revoke: 'all' } },
    },
  });
});
afterAll(() => site.close());

/** What the portal learns of the roles and groups of somebody who logs in now. */
async function learnt(provider: string, name: string, groups: unknown): Promise<{ roles: unknown; groups: unknown; login: LoggedIn }> {
  const login = await site.logIn(provider, person(name, { groups }));
  return { roles: sorted(login.userinfo['roles']), groups: sorted(login.userinfo['groups']), login };
}

const sorted = (names: unknown): unknown => (Array.isArray(names) ? names.map(String).toSorted() : names);
const idOf = ({ userinfo }: LoggedIn): string => String(userinfo['sub']);

test('roles and groups come with the login that brings them, and go with the next one that does not, for the application too', async () => {
  const first = await learnt('acme', 'anna', ['engineering', 'payroll', 'team-oslo', 'unknown']);
  expect(first).toMatchObject({ roles: ['developer', 'member'], groups: ['staff', 'team oslo'] });
  const next = await learnt('acme', 'anna', ['team-oslo']);
  expect(next).toMatchObject({ roles: ['member'], groups: ['team oslo'] });
  // Also for the application that still has the tokens of the login before.
  const refreshed = await site.portal.refresh(first.login);
  expect(refreshed.userinfo).toMatchObject({ roles: ['member'], groups: ['team oslo'] });
  expect(await learnt('acme', 'anna', undefined)).toMatchObject({ roles: ['member'], groups: [] });
  expect(await site.user(idOf(first.login))).toMatchObject({ roles: ['member'], groups: [] });
});

test('what an administrator gave stays, and what two providers gave stays until both have taken it back', async () => {
  const links = ['globex', 'initech'].map((identityProvider) => ({ identityProvider, subject: 'subject-of-bob' }));
  await site.addUser('bob', { roles: ['auditor'], links });
  for (const provider of ['globex', 'initech'])
    expect(await learnt(provider, 'bob', ['engineering'])).toMatchObject({ roles: ['auditor', 'developer'] });
  expect(await learnt('globex', 'bob', [])).toMatchObject({ roles: ['auditor', 'developer'] });
  expect(await learnt('initech', 'bob', [])).toMatchObject({ roles: ['auditor'] });
});

test('a role without a mapping keeps its name where the settings say so, but for those that are never granted and those with power', async () => {
  const { roles } = await learnt('generous', 'carla', ['painter', 'OWNER', 'auditor', 'foyer:admin', 'foyer:users:read']);
  expect(roles).toEqual(['painter']);
  expect(await learnt('generous', 'carla', ['sculptor'])).toMatchObject({ roles: ['painter', 'sculptor'] });
});

test('a role with power over Foyer comes by a mapping that names it, and goes like any other', async () => {
  const { roles, login } = await learnt('acme', 'dora', ['admins']);
  expect(roles).toEqual(['foyer:users:read', 'member']);
  await learnt('acme', 'dora', []);
  expect(await site.user(idOf(login))).toMatchObject({ roles: ['member'] });
});

test('where the identity provider is the only source, what it does not bring goes, whoever gave it', async () => {
  const { login } = await learnt('exact', 'emil', ['engineering']);
  await site.api.patch(`/users/${idOf(login)}`, { roles: ['developer', 'tester'], groups: ['choir'] });
  expect(await learnt('exact', 'emil', ['engineering'])).toMatchObject({ roles: ['developer'], groups: [] });
});
