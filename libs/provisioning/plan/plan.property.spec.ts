import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClaimMapping } from '@foyer/federation';
import type { AttributeValue } from '@foyer/platform';
import type { ValueOrigin } from '@foyer/userstores';
import { plan } from './plan.js';
import type { PlanInput } from './plan-input.js';
import { stepOf, type ProvisioningPlan } from './plan-steps.js';
import { storeIn } from './snapshot.js';
import type { Situation } from './situations/situation.js';
import { inputOf } from './situations/situation-input.js';

const names = ['email', 'nickname', 'constructor', 'emailVerified'];
const name = fc.constantFrom(...names);
/** Mostly the first: rare conditions, all random at once, would leave hardly any login that succeeds. */
const mostly = <T>(usual: T, ...rare: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, fc.constantFrom(...rare));
const claim: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<unknown>('a', 'anna@acme.example', 'anna@evil.example', '', null, true, ['x']) },
  fc.constantFrom<unknown>('\ud800', { no: 'text' }),
);
const value: fc.Arbitrary<AttributeValue> = fc.oneof(fc.constantFrom('a', 'b', 'anna@acme.example'), fc.boolean());
const origin: fc.Arbitrary<ValueOrigin> = fc.record(
  {
    by: fc.constantFrom('idp', 'constant', 'local', 'self', 'scim'),
    identityProviderId: fc.constantFrom('acme-id', 'other-id'),
    verified: fc.boolean(),
  },
  { requiredKeys: ['by'] },
);
const mapping: fc.Arbitrary<ClaimMapping> = fc
  .record({
    from: fc.option(name, { nil: undefined }),
    to: name,
    onAbsent: mostly<ClaimMapping['onAbsent']>('keep', 'clear', 'clear', 'fail'),
    owner: fc.constantFrom('idp', 'local'),
  })
  .map((it): ClaimMapping => (it.from === undefined ? { ...it, value: 'SE' } : it));

const partial = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

const jit = partial<Situation['jit'] & object>({
  enabled: mostly(true, false),
  onFailure: fc.constantFrom('deny', 'admit'),
  attributeSync: fc.constantFrom('overwrite', 'preserve-local', 'none'),
  trustedDomains: fc.constantFrom([], ['acme.example']),
});
const store: fc.Arbitrary<Situation['store']> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({}) },
  fc.constantFrom('unknown', 'disabled'),
  partial({ readOnly: fc.boolean(), create: fc.boolean(), transactional: fc.boolean() }),
);
const failure = mostly(undefined, { code: 'store.unavailable', passable: true }, { code: 'store.broken', passable: false });
const situation: fc.Arbitrary<Omit<Situation, 'when' | 'expect'>> = fc.record({
  jit,
  userIdClaim: mostly(undefined, ...names),
  mappings: fc.array(mapping, { maxLength: 4 }),
  claims: fc.dictionary(fc.constantFrom(...names, 'email_verified'), claim),
  subject: mostly('anna', 'CORP/anna', 'x', '', 'x'.repeat(300)),
  link: fc.constantFrom(undefined, 'reserved', 'active', 'tombstone'),
  user: fc.option(
    fc.record({ status: fc.constantFrom('creating', 'active'), enabled: mostly(true, false), origins: fc.dictionary(name, origin) }),
    { nil: undefined },
  ),
  account: fc.oneof(
    { weight: 9, arbitrary: fc.record({ enabled: mostly(true, false), attributes: fc.dictionary(name, value) }) },
    fc.constant(null),
  ),
  store,
  usernameTaken: mostly(false, true),
  failure,
});

/** Only what can be stored: a user is found by a link that leads to it, and an account by its user. */
const stored = situation.map(({ link, user, account, ...rest }) => {
  if (!user) return { ...rest, ...(link && { link }) };
  return {
    ...rest,
    user,
    ...(account !== undefined && { account }),
    link: user.status === 'creating' ? ('reserved' as const) : ('active' as const),
  };
});

const always = (law: (input: PlanInput, decided: ProvisioningPlan) => void): void =>
  fc.assert(
    fc.property(stored, (it) => {
      const input = inputOf(it);
      law(input, plan(input));
    }),
    { numRuns: 2_000 },
  );

test('the same input gives the same plan, and stays as it was', () => {
  fc.assert(
    fc.property(stored, (it) => {
      const before = JSON.stringify(inputOf(it));
      const input = inputOf(it);
      const decided = plan(input);
      expect(JSON.stringify(input)).toBe(before);
      expect(plan(inputOf(it))).toEqual(decided);
    }),
  );
});

test('every plan explains itself', () => {
  always((_input, { steps, outcome, code }) => {
    expect(steps.length).toBeGreaterThan(0);
    for (const { reason } of steps) expect(reason).toMatch(/^[a-z]+(\.[a-zA-Z]+)+$/);
    const attributes = steps.flatMap((step) => ('name' in step ? [step.name] : []));
    expect(new Set(attributes).size).toBe(attributes.length);
    const last = steps.at(-1);
    if (outcome === 'deny') expect(last).toMatchObject({ type: 'deny', reason: code, message: expect.stringMatching(/^[A-Z].+\.$/) });
    expect(code === null).toBe(outcome !== 'deny' && outcome !== 'skip');
    expect(JSON.parse(JSON.stringify(steps))).toEqual(steps);
  });
});

test('one link leads to one account: no second one, no other one, none of a deleted user', () => {
  always(({ snapshot: { link, user } }, decided) => {
    const [created, linked] = [stepOf(decided, 'createUser'), stepOf(decided, 'linkAccount')];
    expect(created !== undefined).toBe(decided.outcome === 'create');
    if (user?.status === 'active') expect(created).toBeUndefined();
    if (created) expect(linked).toMatchObject({ userId: created.userId, status: 'active' });
    if (link?.status === 'tombstone' && !user) expect(decided.subject).not.toBe(link.userId);
    if (link?.status === 'reserved' && decided.subject !== null && !user) expect(decided.subject).toBe(link.userId);
    if (linked) expect([null, link?.version]).toContain(linked.basedOn);
    if (decided.account) expect(decided.account.userId).toBe(decided.subject);
  });
});

test('a username that is taken, or that its store refuses, is never given', () => {
  always(({ snapshot }, { outcome, account }) => {
    if (outcome !== 'create') return;
    expect(snapshot.usernameTaken).toBe(false);
    expect(account?.username).not.toContain('/');
    const store = storeIn(snapshot, account?.userStore ?? '');
    expect(store?.policies.username(account?.username ?? '')).toBeUndefined();
    expect(store).toMatchObject({ enabled: true, capabilities: { create: true, readOnly: false } });
  });
});

test('while JIT is off no account is written; a disabled one is never used', () => {
  always(({ identityProvider: { jit }, snapshot: { user, account } }, { outcome }) => {
    const disabled = user?.enabled === false || account?.enabled === false;
    expect(jit.enabled || ['skip', 'unchanged', 'deny'].includes(outcome)).toBe(true);
    expect(!disabled || outcome === 'deny').toBe(true);
  });
});

test('a denial leaves nothing behind', () => {
  always((_input, { outcome, subject, account, steps }) => {
    if (outcome !== 'deny') return;
    expect({ subject, account }).toEqual({ subject: null, account: null });
    expect(steps.some(({ type }) => ['createUser', 'linkAccount', 'setAttribute', 'clearAttribute'].includes(type))).toBe(false);
  });
});

test('a local value survives where it shall, and another provider’s value always', () => {
  always(({ identityProvider: { jit, claims }, snapshot: { user } }, { outcome, steps }) => {
    if (outcome !== 'update') return;
    const changed = steps.filter((step) => step.type === 'setAttribute' || step.type === 'clearAttribute');
    const wronged = changed.filter(({ name: attribute }) => {
      const was = user && Object.hasOwn(user.origins, attribute) ? user.origins[attribute] : undefined;
      const owners = claims.mappings.filter(({ to }) => to === attribute).map(({ owner }) => owner);
      if (was?.by === 'idp' || was?.by === 'constant') return was.identityProviderId !== 'acme-id';
      return was !== undefined && !(jit.attributeSync === 'overwrite' && owners.includes('idp'));
    });
    expect(wronged).toEqual([]);
  });
});

test('the plan after a plan that was carried out changes nothing', () => {
  always((input, decided) => {
    if (decided.outcome === 'deny') return;
    const again = plan({ ...input, snapshot: afterwards(input, decided) });
    const unchanged = decided.outcome === 'skip' ? 'skip' : 'unchanged';
    expect({ outcome: again.outcome, subject: again.subject }).toEqual({ outcome: unchanged, subject: decided.subject });
    expect(stepOf(again, 'linkAccount')).toBeUndefined();
  });
});

/** What is stored when a plan has been applied, by the meaning of its steps. */
function afterwards({ snapshot, identityProvider }: PlanInput, decided: ProvisioningPlan): PlanInput['snapshot'] {
  const attributes = new Map(Object.entries(snapshot.account?.attributes ?? {}));
  const origins = new Map(Object.entries(snapshot.user?.origins ?? {}));
  let { link } = snapshot;
  for (const step of decided.steps) {
    if (step.type === 'setAttribute') {
      attributes.set(step.name, step.value);
      origins.set(step.name, step.origin);
    } else if (step.type === 'clearAttribute') {
      attributes.delete(step.name);
      origins.delete(step.name);
    } else if (step.type === 'linkAccount') {
      const key = {
        linkKey: 'key',
        identityProviderId: identityProvider.id,
        identityProvider: identityProvider.name,
        issuer: '',
        subject: '',
      };
      const { userId, status } = step;
      const written = { id: step.linkId, userId, status, version: (step.basedOn ?? 0) + 1, createdAt: 0, updatedAt: 0 };
      link = Object.assign({}, key, link, written);
    }
  }
  const { account } = decided;
  if (!account) return { ...snapshot, ...(link && { link }) };
  const { userId: id, userStore, username } = account;
  const fresh = {
    id,
    userStore,
    username,
    usernameKey: username,
    enabled: true,
    locked: false,
    grants: {},
    version: 1,
    createdAt: 0,
    updatedAt: 0,
  };
  return {
    ...snapshot,
    ...(link && { link }),
    user: { ...fresh, ...snapshot.user, status: 'active', origins: Object.fromEntries(origins) },
    account: {
      userId: id,
      username,
      enabled: true,
      roles: [],
      groups: [],
      ...snapshot.account,
      attributes: Object.fromEntries(attributes),
    },
  };
}
