import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isPrivilegedRole } from '@foyer/admin-access';
import type { ConfiguredPurpose, CurrentReceipt } from '@foyer/consent';
import type { ClaimMapping } from '@foyer/federation';
import type { JitPrompt, RoleMapping, RoleSettings } from '@foyer/identity-providers';
import type { AttributeValue } from '@foyer/platform';
import type { ValueOrigin } from '@foyer/userstores';
import { plan } from './plan.js';
import type { PlanInput } from './plan-input.js';
import { grantsAfter } from '../roles/grants-after.js';
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
  prompt: mostly<JitPrompt>('none', 'consent', 'consent', 'consent', 'password+consent', 'username+password+consent'),
  onConsentRefused: fc.constantFrom('deny', 'admit'),
  linking: fc
    .constantFrom('deny', 'deny', 'prove-ownership', 'verified-email', 'pre-provisioned')
    .map((existing) => ({ existing, match: [] })),
});
const purpose: ConfiguredPurpose = {
  ...{ id: 'purpose-1', name: 'profile', version: 2, builtIn: false, notice: 'notice-1', title: { en: 'Profile' }, text: { en: 'Why' } },
  ...{ sharedWith: [], everyIdentityProvider: false },
  attributes: [
    { name: 'email', mandatory: true },
    { name: 'nickname', mandatory: false },
  ],
};
const offered = ['email', 'nickname'];
const ticked = fc.subarray(offered);
const receipt: fc.Arbitrary<CurrentReceipt> = fc
  .record({ accepted: ticked, version: fc.constantFrom(1, 2), revoked: mostly(false, true) })
  .map(({ accepted, version, revoked }): CurrentReceipt => ({
    ...{ id: 'receipt-1', purposeId: 'purpose-1', purpose: 'profile', version, givenAt: 1, accepted },
    refused: offered.filter((attribute) => !accepted.includes(attribute)),
    state: accepted.includes('email') ? (revoked ? 'revoked' : 'accepted') : 'refused',
  }));
const answers = fc
  .record({
    username: fc.constantFrom('annie', 'no', 'a/b', 'ａnna'),
    right: mostly(true, false),
    accepted: ticked,
    version: fc.constantFrom(2, 2, 2, 1),
  })
  .map(({ username, right, accepted, version }) => ({
    ...{ username, password: 'long enough', passwordRepeated: right ? 'long enough' : 'no' },
    consent: [{ purpose: 'profile', version, offered, accepted }],
  }));
const grantable = ['owner', 'foyer:users:write', 'developer', 'staff'];
const roleMapping: fc.Arbitrary<RoleMapping> = fc
  .tuple(
    fc.constantFrom<Partial<RoleMapping>>({ remote: 'ops' }, { remote: ['ops', 'eng'] }, { pattern: '(.*)' }),
    fc.constantFrom(...grantable, '$1'),
  )
  .map(([from, local]) => ({ ...from, local }));
const roles = partial<RoleSettings>({
  mappings: fc.array(roleMapping, { maxLength: 3 }),
  unmapped: fc.constantFrom('drop', 'same-name'),
  revoke: fc.constantFrom('granted-here', 'never', 'all'),
  default: fc.constantFrom([], ['staff']),
  never: fc.constantFrom([], ['developer']),
});
const matched: fc.Arbitrary<NonNullable<Situation['matches']>[number]> = fc.record({
  username: fc.constant('anna'),
  origins: fc.constantFrom<Readonly<Record<string, ValueOrigin>>>(
    {},
    { email: { by: 'idp' as const, identityProviderId: 'other-id', verified: true } },
  ),
  locked: mostly(false, true),
});
const store: fc.Arbitrary<Situation['store']> = fc.oneof(
  { weight: 20, arbitrary: fc.constant({}) },
  fc.constantFrom('unknown', 'disabled'),
  partial({ readOnly: fc.boolean(), create: fc.boolean(), transactional: fc.boolean() }),
);
const failure = mostly<Situation['failure']>(
  undefined,
  { code: 'store.unavailable', passable: true },
  { code: 'store.failed', passable: false },
);
const situation = fc.record({
  jit,
  userIdClaim: mostly(undefined, ...names),
  mappings: fc.array(mapping, { maxLength: 4 }),
  claims: fc
    .tuple(fc.dictionary(fc.constantFrom(...names, 'email_verified'), claim), fc.subarray(['ops', 'eng', 'owner', 'developer']))
    .map(([given, groups]) => ({ ...given, groups })),
  rolesClaim: fc.constantFrom('groups', undefined),
  roles,
  purposes: fc.constant([purpose]),
  receipts: fc.option(
    receipt.map((one) => [one]),
    { nil: [] },
  ),
  answers: fc.option(answers, { nil: undefined }),
  matches: fc.oneof({ weight: 3, arbitrary: fc.constant<NonNullable<Situation['matches']>>([]) }, fc.array(matched, { maxLength: 2 })),
  ownership: mostly(undefined, { userId: 'match-1' }),
  subject: mostly('anna', 'CORP/anna', 'x', '', 'x'.repeat(300)),
  link: fc.constantFrom(undefined, 'reserved', 'active', 'tombstone'),
  user: fc.option(
    fc.record({
      status: fc.constantFrom('creating', 'active'),
      enabled: mostly(true, false),
      locked: mostly(false, true),
      named: mostly(false, true),
      origins: fc.dictionary(name, origin),
      grants: fc.dictionary(
        fc.constantFrom(...grantable.map((role) => `role:${role}`)),
        fc.subarray(['idp:acme-id', 'idp:other-id', 'local'], { minLength: 1 }),
      ),
    }),
    { nil: undefined },
  ),
  account: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({ enabled: mostly(true, false), attributes: fc.dictionary(name, value), roles: fc.subarray(grantable) }),
    },
    fc.constant(null),
  ),
  store,
  usernameTaken: mostly(false, true),
  failure,
});

/** Only what can be stored: a user is found by a link that leads to it, and an account by its user. */
const stored = situation.map(({ link, user: known, account, purposes, receipts, ...rest }) => {
  const asks = rest.jit.prompt?.includes('consent') === true;
  const given = { ...rest, purposes: asks ? purposes : [], receipts: asks ? receipts : [] };
  if (!known) return { ...given, ...(link && { link }) };
  const { named, ...user } = known;
  const status = user.status === 'creating' ? ('reserved' as const) : named ? ('named' as const) : ('active' as const);
  return { ...given, user, ...(account !== undefined && { account }), link: status };
});

const always = (law: (input: PlanInput, decided: ProvisioningPlan) => void): void =>
  fc.assert(
    fc.property(stored, (it) => {
      const input = inputOf(it);
      law(input, plan(input));
    }),
    { numRuns: 2_000 },
  );

/** The same with a mode that leaves the store to a job, as far as the two can be together. */
const nonBlocking = stored.map((it): Omit<Situation, 'when' | 'expect'> => {
  const prompt: JitPrompt = it.jit.prompt?.includes('consent') === true ? 'consent' : 'none';
  return {
    ...it,
    jit: { ...it.jit, prompt, mode: 'nonBlocking' as const, linking: { existing: 'deny' as const, match: [] } },
    matches: [],
  };
});
const ofDatabase = [
  'chooseStore',
  'chooseUsername',
  'createUser',
  'keepAccount',
  'linkAccount',
  'queueJob',
  'recordConsent',
  'suspendRoles',
];

test('a login that leaves the store to a job decides the same whatever the store has, and writes nothing there', () => {
  fc.assert(
    fc.property(nonBlocking, ({ failure: _failure, account: _account, ...it }) => {
      if (it.jit?.enabled === false) return;
      const decided = plan(inputOf({ ...it, account: null }));
      expect(plan(inputOf({ ...it, account: { attributes: { email: 'old@acme.example' }, roles: ['ops'] } }))).toEqual(decided);
      // Whose a membership is that stays with the account, the registry alone knows.
      const steps = decided.steps.filter((step) => !('stays' in step && step.stays));
      const types = steps.map(({ type }) => type).filter((type) => !['deny', 'skipProvisioning', 'askConsent'].includes(type));
      expect(types.filter((type) => !ofDatabase.includes(type))).toEqual([]);
      if (decided.account && decided.outcome !== 'deny') expect(types).toContain('queueJob');
    }),
    { numRuns: 2_000 },
  );
});

test('a job asks nobody, lets nobody in without an account, and changes neither id, store nor name', () => {
  fc.assert(
    fc.property(nonBlocking, ({ answers: _answers, ...it }) => {
      if (it.user === undefined || it.jit?.enabled === false) return;
      const input = inputOf({ ...it, during: 'job' });
      const { outcome, account, subject } = plan(input);
      const { user } = input.snapshot;
      if (account) expect(account).toMatchObject({ userId: user?.id, userStore: user?.userStore, username: user?.username });
      if (subject !== null) expect(subject).toBe(user?.id);
      expect(outcome === 'prompt' || outcome === 'skip').toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

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
    const attributes = steps.flatMap((step) => ('name' in step && !('kind' in step) ? [step.name] : []));
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
    if (decided.outcome === 'link') expect(linked).toMatchObject({ userId: decided.subject, status: 'active' });
    if (decided.outcome === 'prompt')
      expect({ subject: decided.subject, account: decided.account }).toEqual({ subject: null, account: null });
    if (created) expect(linked).toMatchObject({ userId: created.userId, status: 'active' });
    if (link?.status === 'tombstone' && !user) expect(decided.subject).not.toBe(link.userId);
    const stays = link?.status === 'reserved' && decided.subject !== null && !user && decided.outcome !== 'link';
    if (stays) expect(decided.subject).toBe(link.userId);
    if (linked) expect([null, link?.version]).toContain(linked.basedOn);
    if (decided.account && decided.subject !== null) expect(decided.account.userId).toBe(decided.subject);
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
  always(({ identityProvider: { jit }, snapshot: { user, account, link } }, { outcome }) => {
    const disabled = user?.enabled === false || user?.locked === true || account?.enabled === false;
    const named = jit.linking.existing === 'pre-provisioned' && link?.status === 'named';
    expect(jit.enabled || ['skip', 'unchanged', 'deny'].includes(outcome) || (named && outcome === 'link')).toBe(true);
    expect(!disabled || outcome === 'deny').toBe(true);
  });
});

test('a denial leaves nothing behind, but what is withheld goes', () => {
  always((_input, { outcome, code, subject, account, steps }) => {
    if (outcome !== 'deny') return;
    expect(subject).toBeNull();
    expect(account === null || code === 'consent.refused').toBe(true);
    const written = [
      'createUser',
      'linkAccount',
      'setAttribute',
      'assignRole',
      'removeRole',
      ...(account ? [] : ['clearAttribute', 'recordConsent']),
    ];
    expect(steps.some(({ type }) => written.includes(type))).toBe(false);
  });
});

test('a local value survives where it shall, and another provider’s value always', () => {
  always(({ identityProvider: { jit, claims }, snapshot: { user, account } }, { outcome, steps }) => {
    if (outcome !== 'update') return;
    const changed = steps.flatMap((step) =>
      step.type === 'setAttribute' || (step.type === 'clearAttribute' && step.reason !== 'consent.withheld') ? [step] : [],
    );
    const wronged = changed.filter(({ name: attribute }) => {
      const was = user && Object.hasOwn(user.origins, attribute) ? user.origins[attribute] : undefined;
      const owners = claims.mappings.filter(({ to }) => to === attribute).map(({ owner }) => owner);
      const present = account && Object.hasOwn(account.attributes, attribute);
      if (was?.by === 'idp' || was?.by === 'constant') return present && was.identityProviderId !== 'acme-id';
      return was !== undefined && !(jit.attributeSync === 'overwrite' && owners.includes('idp'));
    });
    expect(wronged).toEqual([]);
  });
});

test('the plan after a plan that was carried out changes nothing', () => {
  always((input, decided) => {
    if (decided.outcome === 'deny' || decided.code === 'consent.refused' || refuses(decided)) return;
    const again = plan({ ...input, snapshot: afterwards(input, decided) });
    const unchanged = decided.outcome === 'skip' || decided.outcome === 'prompt' ? decided.outcome : 'unchanged';
    expect({ outcome: again.outcome, subject: again.subject }).toEqual({ outcome: unchanged, subject: decided.subject });
    expect(stepOf(again, 'linkAccount')).toBeUndefined();
  });
});

/** Who refuses something mandatory is asked again. */
const refuses = ({ steps }: ProvisioningPlan): boolean =>
  steps.some((step) => step.type === 'recordConsent' && step.receipt.state === 'refused');

test('a privileged role comes only by an exact mapping, whatever else is configured', () => {
  always(({ identityProvider: { roles: settings } }, { steps }) => {
    const exact = settings.mappings.filter(({ remote }) => remote !== undefined).map(({ local }) => local);
    const granted = steps.flatMap((step) => (step.type === 'assignRole' && isPrivilegedRole(step.name) ? [step.name] : []));
    expect(granted.filter((role) => !exact.includes(role))).toEqual([]);
  });
});

test('what the person withholds is neither set nor told', () => {
  always(({ identityProvider: { jit: settings }, snapshot: { purposes, receipts }, answers: given }, { steps, mapped }) => {
    // While JIT is off nobody is asked, and only refusals count.
    if (purposes.length === 0 || !settings.enabled) return;
    const said = [...(given?.consent ?? []).flatMap(({ accepted }) => accepted), ...receipts.flatMap(({ accepted }) => accepted)];
    for (const attribute of offered.filter((one) => !said.includes(one))) {
      expect(steps.some((step) => step.type === 'setAttribute' && step.name === attribute)).toBe(false);
      expect(mapped.attributes).not.toHaveProperty(attribute);
    }
  });
});

test('an account that exists is linked by proof alone', () => {
  always(({ snapshot: { ownership, link }, identityProvider: { jit } }, decided) => {
    if (decided.outcome !== 'link') return;
    const reason = stepOf(decided, 'linkAccount')?.reason;
    if (reason === 'link.preProvisioned') expect(link?.status).toBe('named');
    else if (reason === 'link.ownershipProven') expect(ownership?.userId).toBe(decided.subject);
    else expect({ reason, existing: jit.linking.existing }).toEqual({ reason: 'link.verifiedEmail', existing: 'verified-email' });
  });
});

test('no password is part of a plan', () => {
  always((_input, decided) => expect(JSON.stringify(decided)).not.toContain('long enough'));
});

/** What is stored when a plan has been applied, by the meaning of its steps. */
function afterwards({ snapshot, identityProvider }: PlanInput, decided: ProvisioningPlan): PlanInput['snapshot'] {
  const attributes = new Map(Object.entries(snapshot.account?.attributes ?? matchedAccount(snapshot, decided)?.attributes ?? {}));
  const origins = new Map(Object.entries(decided.account?.basedOn?.origins ?? {}));
  let { link } = snapshot;
  let receipts = snapshot.receipts;
  const held = new Set(snapshot.account?.roles ?? matchedAccount(snapshot, decided)?.roles ?? []);
  for (const step of decided.steps) {
    if (step.type === 'setAttribute') {
      attributes.set(step.name, step.value);
      origins.set(step.name, step.origin);
    } else if (step.type === 'clearAttribute') {
      attributes.delete(step.name);
      origins.delete(step.name);
    } else if (step.type === 'recordConsent') {
      receipts = [step.receipt];
    } else if (step.type === 'assignRole') {
      held.add(step.name);
    } else if (step.type === 'removeRole' && !step.stays) {
      held.delete(step.name);
    } else if (step.type === 'linkAccount') {
      const key = {
        linkKey: 'key',
        reservedId: null,
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
    suspendedRoles: [],
    version: 1,
    createdAt: 0,
    updatedAt: 0,
  };
  const grants = grantsAfter(account.basedOn?.grants ?? {}, decided.steps, identityProvider.id);
  const suspendedRoles = stepOf(decided, 'suspendRoles')?.roles ?? account.basedOn?.suspendedRoles ?? [];
  return {
    ...snapshot,
    ...(link && { link }),
    receipts,
    user: { ...fresh, ...snapshot.user, status: 'active', origins: Object.fromEntries(origins), grants, suspendedRoles },
    account: {
      userId: id,
      username,
      enabled: true,
      groups: [],
      ...snapshot.account,
      roles: [...held],
      attributes: Object.fromEntries(attributes),
    },
  };
}

const matchedAccount = ({ matches }: PlanInput['snapshot'], { account }: ProvisioningPlan) =>
  matches.find(({ user }) => user.id === account?.userId)?.account;
