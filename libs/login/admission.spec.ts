import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { SqliteState } from '@foyer/platform';
import { isRecent, mayOpen } from './admission.js';
import { Authentications, groupOfUser } from './authentications.js';
import { CONSOLE_APPLICATION, ACCOUNT_APPLICATION, type Authentication } from './contract.js';
import { LoginAdmission } from './login-admission.js';
import { application, identityProvider } from './login-world.conformance.js';
import { Openings } from './openings.js';

const acme = identityProvider('acme');
const external: Authentication = {
  loginId: 'l-1',
  subject: 'u-1',
  account: true,
  identityProvider: { id: acme.id, name: 'acme' },
  attributes: {},
  authTime: 1_000,
  authTimeProven: true,
};
const { identityProvider: _none, ...local } = external;
const open = application({ identityProviders: ['acme'], local: false });
const fine = { identityProvider: acme, userEnabled: true };

describe('an earlier authentication may open an application', () => {
  test.each([
    ['allowed provider', open, external, fine, true],
    ['provider that is not allowed', application({ identityProviders: ['beta'], local: true }), external, fine, false],
    ['disabled provider', open, external, { ...fine, identityProvider: { ...acme, enabled: false } }, false],
    ['deleted provider', open, external, { userEnabled: true }, false],
    ['provider made anew under its name', open, external, { ...fine, identityProvider: { ...acme, id: 'new' } }, false],
    ['disabled account', open, external, { ...fine, userEnabled: false }, false],
    ['no account', open, { ...external, account: false }, { ...fine, userEnabled: false }, true],
    ['local login where it is allowed', application({ identityProviders: [], local: true }), local, fine, true],
    ['local login where it is not', open, local, fine, false],
    ['disabled application', { ...open, enabled: false }, external, fine, false],
  ])('%s', (_name, app, authentication, standing, expected) => {
    expect(mayOpen(app, authentication, standing)).toBe(expected);
  });

  test('by name, also of Foyer’s own applications', () => {
    const providers = { byId: (id: string) => (id === acme.id ? acme : undefined), all: () => [acme] };
    const admission = new LoginAdmission(
      new Openings({ byName: (name) => (name === 'intranet' ? open : undefined) }, providers),
      providers,
    );
    expect(admission.mayOpen('intranet', external)).toBe(true);
    expect(admission.mayOpen('nowhere', external)).toBe(false);
    expect(admission.mayOpen(ACCOUNT_APPLICATION, external)).toBe(true);
    expect(admission.mayOpen(CONSOLE_APPLICATION, external)).toBe(false);
    expect(admission.mayOpen(CONSOLE_APPLICATION, local)).toBe(true);
  });
});

test('only a proven time is recent', () => {
  expect([isRecent(external, 1_000), isRecent(external, 1_001), isRecent({ ...external, authTimeProven: false }, 0)]).toEqual([
    true,
    false,
    false,
  ]);
});

describe('authentications', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-authentications-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('live as long as what needs them, and end at once when they are revoked', async () => {
    let now = 0;
    let provider = acme;
    const state = SqliteState.open(join(folder, 'a.db'), { now: () => now });
    const authentications = new Authentications(state, { byId: (id) => (id === acme.id ? provider : undefined) });
    await authentications.save(external, 100);
    expect(await authentications.extend('l-1', 50)).toBe(true);
    expect(await authentications.extend('l-1', 200)).toBe(true);
    now = 150;
    expect(await authentications.find('l-1')).toEqual(external);
    await state.put('Session', 's', { value: 1, expiresAt: 1_000, groups: [groupOfUser('u-1')] });
    await authentications.revokeUser('u-1');
    expect([await authentications.find('l-1'), await state.get('Session', 's'), await authentications.extend('l-1', 300)]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    await authentications.save({ ...external, loginId: 'l-2' }, 1_000);
    provider = { ...acme, enabled: false };
    expect(await authentications.find('l-2')).toBeUndefined();
    await state.close();
  });
});
