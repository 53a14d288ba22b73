import type { RoleMapping } from '@foyer/identity-providers';
import type { PlanInput, ProvisioningPlan } from '@foyer/provisioning';
import type { MembershipGrants, StorePolicies } from '@foyer/userstores';

/** A login as `plan()` gets it: 20 mapped claims, and remote roles. */
export interface Login {
  readonly name: string;
  /** Remote roles in the claim. */
  readonly roles: number;
  /** What becomes of them: each a mapping of its own, many in one mapping, matched by the last pattern, or nothing. */
  readonly mapped: 'exact' | 'lists' | 'pattern' | 'dropped';
  /** Patterns beside that match nothing. */
  readonly patterns: number;
  /** The person's first login, or one that changes nothing. */
  readonly occasion: 'first' | 'later';
}

const claims = 20;
const most = 200;
const provider = { id: 'acme-id', name: 'acme' };
const time = 1_760_000_000_000;

const remote = (index: number): string => `acme-directory-role-${index}`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function mappingsOf({ roles, mapped, patterns }: Login): RoleMapping[] {
  const beside = numbers(patterns).map((index) => ({ pattern: `team-${index}-([a-z]+)-(dev|ops)`, local: '$1-$2' }));
  const locals = Math.min(roles, most);
  if (mapped === 'dropped') return beside;
  if (mapped === 'pattern') return [...beside, { pattern: 'acme-directory-(.+)', local: '$1' }];
  if (mapped === 'exact') return [...beside, ...numbers(roles).map((index) => ({ remote: remote(index), local: `local-role-${index}` }))];
  const lists = numbers(locals).map((local) => numbers(roles).filter((index) => index % locals === local));
  return [...beside, ...lists.map((list, local) => ({ remote: list.map(remote), local: `local-role-${local}` }))];
}

/** The input of a first login. Settings and claims are new with each call, as are those of each person's token. */
function firstLogin(login: Login, policies: StorePolicies): PlanInput {
  const names = numbers(claims).map((index) => `claim${index}`);
  const capabilities = {
    readOnly: false,
    create: true,
    passwords: true,
    passwordRequired: false,
    roles: true,
    groups: true,
    transactional: true,
  };
  let ids = 0;
  return {
    identity: {
      issuer: 'https://login.acme.example',
      subject: 'anna',
      claims: { ...Object.fromEntries(names.map((name) => [name, `value of ${name}`])), groups: numbers(login.roles).map(remote) },
      evidence: {},
    },
    identityProvider: {
      ...{ ...provider, displayName: 'Acme', enabled: true, homeRealms: [], version: 1, createdAt: time, updatedAt: time },
      protocol: 'oidc',
      oidc: {
        ...{ issuer: 'https://login.acme.example', clientId: 'foyer', clientAuthentication: 'client_secret_basic', clientSecret: 'secret' },
        ...{ scopes: ['openid'], authorizeParameters: {}, forward: [], clockSkewSeconds: 30, timeoutMs: 5000, maxResponseBytes: 1_048_576 },
      },
      claims: { roles: 'groups', mappings: names.map((from) => ({ from, to: `local${from}`, onAbsent: 'keep', owner: 'idp' })) },
      roles: { mappings: mappingsOf(login), unmapped: 'drop', revoke: 'granted-here', default: [], never: ['root'] },
      jit: {
        ...{ enabled: true, mode: 'blocking', onFailure: 'deny', userStore: 'PRIMARY', prompt: 'none', attributeSync: 'overwrite' },
        ...{ linking: { existing: 'deny', match: [] }, trustedDomains: [], consentPurposes: [], onConsentRefused: 'deny' },
      },
    },
    snapshot: {
      stores: [{ domain: 'PRIMARY', enabled: true, capabilities, policies }],
      ...{ usernameTaken: false, matches: [], purposes: [], receipts: [], isLastOwner: false },
    },
    ...{ loginId: 'login', language: 'en', during: 'login', now: time, newId: () => `id-${(ids += 1)}` },
  };
}

/** The input of the login after one whose plan was applied. */
function laterLogin(input: PlanInput, { subject, steps }: ProvisioningPlan): PlanInput {
  const userId = subject ?? '';
  const set = steps.flatMap((step) => (step.type === 'setAttribute' ? step : []));
  const roles = steps.flatMap((step) => (step.type === 'assignRole' ? step.name : []));
  const grants: MembershipGrants = Object.fromEntries(roles.map((name) => [`role:${name}`, [`idp:${provider.id}`]]));
  const known = { userId, createdAt: time, updatedAt: time };
  return {
    ...input,
    snapshot: {
      ...input.snapshot,
      link: {
        ...{
          ...known,
          id: 'link',
          linkKey: 'key',
          reservedId: null,
          deferredAt: null,
          identityProviderId: provider.id,
          identityProvider: provider.name,
          version: 1,
        },
        ...{ issuer: input.identity.issuer, subject: input.identity.subject, status: 'active' },
      },
      user: {
        ...{
          ...known,
          id: userId,
          userStore: 'PRIMARY',
          username: 'anna',
          usernameKey: 'anna',
          status: 'active',
          enabled: true,
          locked: false,
          suspendedRoles: [],
        },
        ...{ origins: Object.fromEntries(set.map(({ name, origin }) => [name, origin])), grants, version: 1 },
      },
      account: {
        ...{ userId, username: 'anna', enabled: true, roles, groups: [] },
        attributes: Object.fromEntries(set.map(({ name, value }) => [name, value])),
      },
    },
  };
}

/** @throws Error when the login does not end as it is meant to: what is denied early costs nothing */
export function loginInput(login: Login, policies: StorePolicies, plan: (input: PlanInput) => ProvisioningPlan): PlanInput {
  const first = firstLogin(login, policies);
  const decided = plan(first);
  const input = login.occasion === 'first' ? first : laterLogin(first, decided);
  const expected = login.occasion === 'first' ? 'create' : 'unchanged';
  const { outcome, code } = plan(input);
  if (outcome !== expected) throw new Error(`${login.name}: the outcome is ${outcome} ${code ?? ''}, and not ${expected}`);
  return input;
}
