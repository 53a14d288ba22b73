import { expect, test } from '@jest/globals';
import type { ConsentPurpose, CurrentReceipt } from '@foyer/consent';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Database } from '@foyer/platform';
import { Withholding } from './withholding.js';

const purpose = (id: string, ...names: string[]): ConsentPurpose => ({
  ...{ id, name: id, version: 2, builtIn: true },
  attributes: names.map((name) => ({ name, mandatory: false })),
});

const receipt = (purposeId: string, state: CurrentReceipt['state'], ...accepted: string[]): CurrentReceipt => ({
  ...{ id: `receipt of ${purposeId}`, purposeId, purpose: purposeId, version: 1, accepted, refused: [], state, givenAt: 1 },
});

let queries = 0;

const withheld = async (purposes: readonly ConsentPurpose[], receipts: CurrentReceipt[], enabled = true): Promise<string[]> => {
  const provider = { id: 'acme-id', jit: { enabled } } as IdentityProvider;
  const byId = (id: string): IdentityProvider | undefined => (id === provider.id ? provider : undefined);
  const database = { read: {} } as Pick<Database, 'read'>;
  const current = async (): Promise<CurrentReceipt[]> => {
    queries += 1;
    return receipts;
  };
  return [...(await new Withholding(database, { current }, { of: () => purposes }, { byId }).of('anna', 'acme-id'))];
};

test('what is covered by purposes and accepted for none of them is withheld, and nothing else', async () => {
  const purposes = [purpose('profile', 'email', 'nickName'), purpose('payroll', 'email', 'department')];
  expect(await withheld(purposes, [])).toEqual(['email', 'emailVerified', 'nickName', 'department']);
  expect(await withheld(purposes, [receipt('payroll', 'accepted', 'email')])).toEqual(['nickName', 'department']);
  expect(await withheld([], [])).toEqual([]);
});

test('a receipt counts while it is accepted, of an earlier version too, and for a purpose that applies', async () => {
  const purposes = [purpose('profile', 'email')];
  expect(await withheld(purposes, [receipt('profile', 'accepted', 'email')])).toEqual([]);
  for (const state of ['revoked', 'refused'] as const)
    expect(await withheld(purposes, [receipt('profile', state, 'email')])).toContain('email');
  expect(await withheld(purposes, [receipt('elsewhere', 'accepted', 'email')])).toContain('email');
});

test('who asks for no consent costs no query', async () => {
  queries = 0;
  await withheld([], []);
  expect(queries).toBe(0);
  await withheld([purpose('profile', 'email')], []);
  expect(queries).toBe(1);
});

test('with JIT off nobody is asked: what was refused or taken back before stays withheld, and nothing else', async () => {
  const purposes = [purpose('profile', 'email', 'nickName'), purpose('payroll', 'department')];
  expect(await withheld(purposes, [], false)).toEqual([]);
  expect(await withheld(purposes, [receipt('profile', 'accepted', 'email')], false)).toEqual(['nickName']);
  for (const state of ['revoked', 'refused'] as const)
    expect(await withheld(purposes, [receipt('profile', state, 'email')], false)).toEqual(['email', 'emailVerified', 'nickName']);
});
