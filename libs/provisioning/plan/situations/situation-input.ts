import type { RegisteredUser, StoreAccount } from '@foyer/userstores';
import type { Situation, SituationAccount } from './situation.js';
import type { PlanInput } from '../plan-input.js';
import type { Snapshot, StoreView } from '../snapshot.js';

/** The input of `plan()` for a situation, for tests. */

const time = 1_760_000_000_000;
const userId = 'user-1';

export function inputOf(situation: Omit<Situation, 'when' | 'expect'>): PlanInput {
  let ids = 0;
  const newId = (): string => `new-${(ids += 1)}`;
  const identity = {
    issuer: situation.issuer ?? 'https://login.acme.example',
    subject: situation.subject ?? 'anna',
    claims: situation.claims ?? { email: 'anna@acme.example' },
    evidence: {},
  };
  const { answers } = situation;
  const asked = { ...(answers && { answers }), loginId: 'login-1', language: 'en', during: situation.during ?? 'login' } as const;
  return { identity, identityProvider: providerOf(situation), snapshot: snapshotOf(situation), ...asked, now: time, newId };
}

export function providerOf({
  jit,
  mappings,
  userIdClaim,
  rolesClaim,
  roles,
}: Omit<Situation, 'when' | 'expect'>): PlanInput['identityProvider'] {
  return {
    ...{ id: 'acme-id', name: 'acme', displayName: 'Acme', enabled: true, homeRealms: [], version: 1, createdAt: time, updatedAt: time },
    protocol: 'oidc',
    oidc: {
      ...{ issuer: 'https://login.acme.example', clientId: 'foyer', clientAuthentication: 'client_secret_basic', clientSecret: 'secret' },
      ...{ scopes: ['openid'], authorizeParameters: {}, forward: [], clockSkewSeconds: 30, timeoutMs: 5000, maxResponseBytes: 1_048_576 },
    },
    claims: {
      ...(userIdClaim !== undefined && { userId: userIdClaim }),
      ...(rolesClaim !== undefined && { roles: rolesClaim }),
      mappings: mappings ?? [{ from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp' }],
    },
    roles: { mappings: [], unmapped: 'drop', revoke: 'granted-here', default: [], never: [], ...roles },
    jit: {
      ...{ enabled: true, mode: 'blocking', onFailure: 'deny', userStore: 'PRIMARY', prompt: 'none', attributeSync: 'overwrite' },
      ...{ linking: { existing: 'deny', match: [] }, trustedDomains: [], consentPurposes: [], onConsentRefused: 'deny' },
      ...jit,
    },
  };
}

function snapshotOf(situation: Omit<Situation, 'when' | 'expect'>): Snapshot {
  const { link, user, account, store, usernameTaken, failure, matches, ownership, purposes, receipts, isLastOwner, jobs } = situation;
  const username = user?.username ?? 'anna';
  return {
    ...(link && {
      link: {
        ...{ id: 'link-1', linkKey: 'key', identityProviderId: 'acme-id', identityProvider: 'acme', issuer: 'https://login.acme.example' },
        ...{ subject: 'anna', userId, reservedId: null, deferredAt: null, status: link, version: 3, createdAt: time, updatedAt: time },
      },
    }),
    ...(user && { user: { ...registered(userId, username), ...user } }),
    ...(account && { account: stored(userId, username, account) }),
    stores: [...(store === 'unknown' ? [] : [storeView('PRIMARY', store)]), storeView('CORP', {})],
    usernameTaken: usernameTaken ?? false,
    ...(failure && { failure: { ...failure, message: 'The store failed.' } }),
    matches: (matches ?? []).map(({ username: name, by = 'username', account: held, ...more }, index) => ({
      by,
      user: { ...registered(`match-${index + 1}`, name), ...more },
      ...(held !== null && { account: stored(`match-${index + 1}`, name, held ?? {}) }),
    })),
    ...(ownership && { ownership }),
    purposes: purposes ?? [],
    receipts: receipts ?? [],
    isLastOwner: isLastOwner ?? false,
    ...(jobs && { jobs: { open: true, ...(jobs !== 'open' && { failure: { ...jobs, message: 'It was given up.' } }) } }),
  };
}

const registered = (id: string, username: string): RegisteredUser => ({
  ...{ id, userStore: 'PRIMARY', username, usernameKey: username, status: 'active', enabled: true, locked: false, origins: {}, grants: {} },
  ...{ suspendedRoles: [], version: 5, createdAt: time, updatedAt: time },
});

const stored = (id: string, username: string, account: SituationAccount): StoreAccount => ({
  ...{ userId: id, username, enabled: true, attributes: {}, roles: [], groups: [] },
  ...account,
});

function storeView(domain: string, store: Exclude<Situation['store'], 'unknown'>): StoreView {
  const capabilities = {
    readOnly: false,
    create: true,
    passwords: true,
    passwordRequired: false,
    roles: true,
    groups: true,
    transactional: true,
  };
  return {
    domain,
    enabled: store !== 'disabled',
    capabilities: { ...capabilities, ...(typeof store === 'object' && store) },
    policies: {
      username: (value) =>
        value.length < 3 ? { code: 'policy.username', policy: 'usernamePattern', message: 'It is too short.' } : undefined,
      rolename: (value) =>
        value.length < 3 ? { code: 'policy.rolename', policy: 'rolenamePattern', message: 'It is too short.' } : undefined,
      password: (value) =>
        value.length < 8 ? { code: 'policy.password', policy: 'passwordLength', message: 'It is too short.' } : undefined,
    },
  };
}
