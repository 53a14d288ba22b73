import { expect, test } from '@jest/globals';
import type { Attributes, Database } from '@foyer/platform';
import type { Domain, RegisteredUser, StoreAccount } from '@foyer/userstores';
import type { Authentication } from '../contract.js';
import { Person, type AccountSources, type Audience } from './person.js';

const intranet = { id: 'app-1', assertIdentity: 'local', claims: { requested: [], mandatory: [], idToken: [] } } satisfies Audience;
const attributes = { givenName: 'Anna', email: 'anna@acme.example', department: 'Payroll', locale: 'sv', phoneNumber: '+46 1' };
const origins: RegisteredUser['origins'] = {
  givenName: { by: 'local' },
  email: { by: 'idp', identityProviderId: 'acme-id', verified: true },
  department: { by: 'constant', identityProviderId: 'acme-id' },
  locale: { by: 'idp', identityProviderId: 'other-id' },
};

interface World {
  readonly account: Attributes;
  readonly origins?: RegisteredUser['origins'];
  readonly withheld?: readonly string[];
  /** Her login left her account to a job, which is done or not. */
  readonly job?: 'open' | 'done';
  /** The job that is open is a later login's, whose roles are these; null: nothing is known of that login any more. */
  readonly later?: readonly string[] | null;
  readonly status?: RegisteredUser['status'];
  readonly suspended?: readonly string[];
}

/** What an application learns of Anna, and of which identity providers it was asked what she withholds. */
async function told({
  account,
  origins = {},
  withheld = [],
  job,
  suspended = [],
  later,
  status = 'active',
}: World): Promise<{ facts: Readonly<Record<string, unknown>>; asked: string[] }> {
  const asked: string[] = [];
  const user = {
    id: 'anna',
    userStore: 'PRIMARY',
    username: 'anna',
    enabled: true,
    status,
    origins,
    suspendedRoles: suspended,
    updatedAt: 1,
  };
  const kept = { userId: 'anna', attributes: account, enabled: true, roles: ['staff'], groups: [] } as unknown as StoreAccount;
  const external = { attributes: { givenName: 'Ann' }, roles: ['developer'], groups: [] };
  const identityProvider = { id: 'acme-id', name: 'acme' };
  const login = { loginId: 'login-1', subject: 'anna', account: true, attributes: {}, external, identityProvider };
  const sources: AccountSources = {
    database: { read: {} } as Database,
    registry: { find: async () => user as unknown as RegisteredUser },
    stores: { find: () => ({ store: { find: async () => kept } }) as unknown as Domain },
    clock: { now: () => 1 },
    jobs: { of: async () => ({ open: job === 'open', ...(job === 'open' && { loginId: later === undefined ? 'login-1' : 'login-2' }) }) },
    authentications: {
      find: async (loginId) => {
        expect(loginId).toBe('login-2');
        return later ? ({ ...login, loginId, external: { ...external, roles: later } } as unknown as Authentication) : undefined;
      },
    },
    withholding: {
      of: async (_user, identityProvider) => {
        asked.push(identityProvider);
        return new Set(identityProvider === 'acme-id' ? withheld : []);
      },
    },
  };
  const deferred = job === undefined ? {} : { deferred: true };
  const person = await Person.find({ ...login, ...deferred } as unknown as Authentication, sources);
  return { facts: (await person?.facts(intranet)) ?? {}, asked };
}

test('what an identity provider said and its person withholds is not told, though the account keeps it', async () => {
  const withheld = ['givenName', 'email', 'emailVerified', 'department', 'locale', 'phoneNumber'];
  const { facts } = await told({ account: attributes, origins, withheld });
  // An administrator wrote one, another identity provider said one, and one is of nobody known.
  expect(facts).toMatchObject({ givenName: 'Anna', locale: 'sv', phoneNumber: '+46 1', roles: ['staff'], username: 'anna' });
  for (const name of ['email', 'emailVerified', 'department']) expect(facts).not.toHaveProperty(name);
});

test('what nobody withholds is told, with what was verified of it', async () => {
  expect((await told({ account: attributes, origins })).facts).toMatchObject({ ...attributes, emailVerified: true });
});

test('each identity provider that wrote something is asked about once, and nobody else', async () => {
  expect((await told({ account: attributes, origins })).asked.toSorted()).toEqual(['acme-id', 'other-id']);
  expect((await told({ account: attributes, origins: { email: { by: 'local' } } })).asked).toEqual([]);
});

test('until a job has written the account, what the login said is told, under the name that the account has', async () => {
  expect((await told({ account: attributes, origins, job: 'open' })).facts).toMatchObject({
    ...{ givenName: 'Ann', roles: ['developer'], username: 'anna' },
  });
  expect((await told({ account: attributes, origins, job: 'open' })).facts).not.toHaveProperty('phoneNumber');
  expect((await told({ account: attributes, origins, job: 'done' })).facts).toMatchObject({ givenName: 'Anna', roles: ['staff'] });
});

test('what an earlier login said is not told any more when a later one waits for its job', async () => {
  const open = { account: attributes, origins, job: 'open' } as const;
  expect((await told({ ...open, later: ['auditor'] })).facts).toMatchObject({ roles: ['auditor'] });
  expect((await told({ ...open, later: null })).facts).toMatchObject({ givenName: 'Anna', roles: ['staff'] });
  expect((await told({ ...open, later: ['auditor'], status: 'creating' })).facts).toMatchObject({ roles: ['auditor'] });
});

test('of an account that is not there yet the login says what there is, also when its job was discarded', async () => {
  const discarded = { account: attributes, job: 'done', status: 'creating' } as const;
  expect((await told(discarded)).facts).toMatchObject({ givenName: 'Ann', roles: ['developer'], username: 'anna' });
});

test('a role that is to be taken away is not told any more', async () => {
  expect((await told({ account: attributes, suspended: ['staff'] })).facts).toMatchObject({ roles: [] });
});
