import { expect, test } from '@jest/globals';
import { FoyerError, Metrics } from '@foyer/platform';
import type { Domain, StoreAccount } from '@foyer/userstores';
import { login } from '../../../test/support/provisioning-site.js';
import type { AskOwnership } from '../plan/plan-steps.js';
import type { OwnershipProof } from '../plan/snapshot.js';
import { OwnershipProofs } from './ownership-proofs.js';

const ofLena: AskOwnership = { type: 'askOwnership', userId: 'id-lena', userStore: 'CORP', reason: 'link.existing' };
const named: AskOwnership = { ...ofLena, username: 'lena' };
const { identity, identityProvider } = login({ subject: 'somebody' });

/** A store with the accounts `lena` and `mallory`, whose passwords are their names twice. */
class World {
  readonly checked: string[] = [];
  readonly metrics = new Metrics();
  failed = 0;
  down = false;
  private readonly store = {
    verifyPassword: async (username: string, password: string) => {
      if (this.down) throw new FoyerError('unavailable', 'store.unavailable', 'It is away.');
      this.checked.push(username);
      const right = ['lena', 'mallory'].includes(username) && password === username + username;
      return right ? ({ userId: `id-${username}` } as StoreAccount) : undefined;
    },
  };
  private readonly proofs = new OwnershipProofs(
    { find: () => ({ store: this.store }) as unknown as Domain, all: () => [] },
    {
      checkFailures: async () => {
        if (this.failed >= 3) throw new FoyerError('tooMany', 'rateLimit.exceeded', 'There were too many attempts.', { retryAfter: 9 });
      },
      failed: async () => void (this.failed += 1),
    },
    this.metrics,
  );

  prove(ask: AskOwnership, password: string, username?: string): Promise<OwnershipProof> {
    return this.proofs.check(ask, { identity, identityProvider, password, address: '', ...(username !== undefined && { username }) });
  }

  async counted(): Promise<string[]> {
    const { body } = await this.metrics.text();
    return body.split('\n').filter((line) => line.startsWith('foyer_ownership_proofs_total{'));
  }
}

test.each(['lena', ' lena ', 'CORP/lena', 'corp/lena'])(
  'an account that is not named is proven by its username, here %p, and its password',
  async (typed) => {
    const world = new World();
    expect(await world.prove(ofLena, 'lenalena', typed)).toEqual({ userId: 'id-lena' });
  },
);

test.each([
  ['another account, with its own password', 'mallorymallory', 'mallory'],
  ['nobody', 'lenalena', 'nobody'],
  ['nothing', 'lenalena', undefined],
  ['an empty name', 'lenalena', ''],
  ['the account of another store', 'lenalena', 'PRIMARY/lena'],
  ['what is no username', 'lenalena', 'CORP/CORP/lena'],
])('%s is no proof, and costs what any other check does', async (_what, password, typed) => {
  const world = new World();
  expect(await world.prove(ofLena, password, typed)).toEqual({ userId: 'id-lena', problem: 'ownership.wrong' });
  expect([world.checked.length, world.failed]).toEqual([1, 1]);
});

test('where the account is named, no other name counts', async () => {
  const world = new World();
  expect(await world.prove(named, 'mallorymallory', 'mallory')).toMatchObject({ problem: 'ownership.wrong' });
  expect(await world.prove(named, 'lenalena', 'mallory')).toEqual({ userId: 'id-lena' });
  expect(world.checked).toEqual(['lena', 'lena']);
});

test('proofs are counted by how they ended, so that guessing shows', async () => {
  const world = new World();
  expect(await world.counted()).toEqual([]);
  await world.prove(named, 'lenalena');
  for (let guess = 0; guess < 5; guess += 1) await world.prove(named, `guess ${guess}`);
  Object.assign(world, { down: true, failed: 0 });
  expect(await world.prove(named, 'lenalena')).toMatchObject({ problem: 'store.unavailable' });
  expect(await world.counted()).toEqual([
    'foyer_ownership_proofs_total{idp="acme",outcome="proven"} 1',
    'foyer_ownership_proofs_total{idp="acme",outcome="wrong"} 3',
    'foyer_ownership_proofs_total{idp="acme",outcome="tooMany"} 2',
    'foyer_ownership_proofs_total{idp="acme",outcome="unavailable"} 1',
  ]);
});
