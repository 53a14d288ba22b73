import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JustInTimeSite, person } from './just-in-time-site.js';

const mappings = [
  { from: 'given_name', to: 'givenName', onAbsent: 'clear' },
  { from: 'family_name', to: 'familyName' },
  { from: 'department', to: 'department', owner: 'scim' },
  { to: 'country', value: 'SE', owner: 'local' },
];
const syncing = (attributeSync: string) => ({
  claims: { userId: 'preferred_username', mappings },
  jit: { enabled: true, attributeSync },
});

let site: JustInTimeSite;

beforeAll(async () => {
  const employee = { from: 'employee_number', to: 'employeeNumber', onAbsent: 'fail' };
  site = await JustInTimeSite.start({
    providers: {
      overwrite: syncing('overwrite'),
      'preserve-local': syncing('preserve-local'),
      none: syncing('none'),
      failing: { claims: { userId: 'preferred_username', mappings: [employee] } },
    },
  });
});
afterAll(() => site.close());

const anna = { given_name: 'Anna', family_name: 'Berg', department: 'Sales' };

/** Somebody who logged in once, and whom an administrator changed since. */
async function changedHere(provider: string, name: string): Promise<string> {
  const { userinfo } = await site.logIn(provider, person(name, anna));
  const id = String(userinfo['sub']);
  const attributes = { givenName: 'Ann', country: 'NO', locale: 'sv' };
  expect(await site.api.patch(`/users/${id}`, { attributes })).toMatchObject({ status: 200 });
  return id;
}

describe('what a provider says at a later login', () => {
  test.each([
    ['overwrite', { givenName: 'Anne', familyName: 'Dahl', department: 'Legal' }],
    ['preserve-local', { givenName: 'Ann', familyName: 'Dahl', department: 'Legal' }],
    ['none', { givenName: 'Ann', familyName: 'Berg', department: 'Sales' }],
  ])('with attributeSync %s changes what is kept, or does not', async (provider, kept) => {
    const id = await changedHere(provider, `anna-${provider}`);
    const claims = { given_name: 'Anne', family_name: 'Dahl', department: 'Legal' };
    const { userinfo } = await site.logIn(provider, person(`anna-${provider}`, claims));
    expect(userinfo).toMatchObject({ given_name: kept.givenName, family_name: kept.familyName });
    // A constant with a local owner, and what no mapping names, are the administrator’s in any case.
    expect(await site.user(id)).toMatchObject({ attributes: { ...kept, country: 'NO', locale: 'sv' } });
  });

  test('no more is cleared, kept, or denies the login, by attribute', async () => {
    const { userinfo } = await site.logIn('overwrite', person('bob', anna));
    await site.logIn('overwrite', person('bob'));
    const { attributes } = await site.user(userinfo['sub']);
    expect(attributes).toEqual({ familyName: 'Berg', department: 'Sales', country: 'SE' });
    expect(await site.denial('failing', person('carla'))).toEqual({ status: 403, code: 'claim.absent' });
    const carla = await site.logIn('failing', person('carla', { employee_number: 7 }));
    expect(await site.denial('failing', person('carla'))).toEqual({ status: 403, code: 'claim.absent' });
    expect(await site.user(carla.userinfo['sub'])).toMatchObject({ attributes: { employeeNumber: 7 } });
  });
});

test('why somebody has a value has an answer', async () => {
  const id = await changedHere('overwrite', 'dora');
  const { attributes } = await site.api.get(`/users/${id}/origins`);
  expect(attributes).toMatchObject({
    givenName: { value: 'Ann', by: 'local' },
    familyName: { value: 'Berg', by: 'idp', identityProvider: 'overwrite' },
  });
});

test('id and username stay, and another name is reported', async () => {
  const first = await site.logIn('overwrite', person('emil'));
  const renamed = { ...person('emil'), claims: { preferred_username: 'emil-berg' } };
  const { userinfo } = await site.logIn('overwrite', renamed);
  expect(userinfo).toMatchObject({ sub: first.userinfo['sub'], preferred_username: 'emil' });
  expect(await site.steps('overwrite', 'reportUsername')).toMatchObject([{ username: 'emil', claim: 'preferred_username' }]);
});
