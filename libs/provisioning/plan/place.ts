import { findClaim } from '@foyer/federation';
import type { StoreFromClaim, StoreFromUsername } from '@foyer/identity-providers';
import { primaryDomain, usernameProblem } from '@foyer/userstores';
import type { PlanInput } from './plan-input.js';
import type { ChooseStore, ChooseUsername, Denial, PlanStep } from './plan-steps.js';
import { storeIn, type Snapshot } from './snapshot.js';
import { claimedName, readUsername, type ClaimedUsername } from './username.js';

/** Where a new account goes, and how it would be called. */
export interface Place {
  readonly store: ChooseStore;
  /** What the identity provider suggests as the username, or why it suggests none that could be used. */
  readonly claimed: ClaimedUsername | Denial;
}

/** A new account that has its place and its name, with the steps that say why. */
export interface Named {
  readonly name: ChooseUsername;
  readonly steps: readonly PlanStep[];
}

type Input = Pick<PlanInput, 'identity' | 'identityProvider'> & { readonly snapshot: Pick<Snapshot, 'stores'> };

/** Chooses the user store of a new account by the identity provider's settings, and reads its username. */
export function placeOf(input: Input): Place | Denial {
  const { userStore } = input.identityProvider.jit;
  if (typeof userStore === 'string') {
    return { store: { type: 'chooseStore', domain: userStore, reason: 'store.configured' }, claimed: readUsername(input) };
  }
  return 'fromUsername' in userStore ? fromUsername(input, userStore) : fromClaim(input, userStore);
}

/** `DOMAIN/name` is split at the first `/`; a second one and an empty part are malformed. A name alone is one of PRIMARY. */
function fromUsername(input: Input, choice: StoreFromUsername): Place | Denial {
  const name = claimedName(input);
  if ('reason' in name) return name;
  const { value, claim } = name;
  const source = claim === undefined ? {} : { claim };
  const slash = value.indexOf('/');
  const [domain, username] = slash < 0 ? [primaryDomain, value] : [value.slice(0, slash), value.slice(slash + 1)];
  const problem = domain === '' ? 'The domain before the "/" is empty.' : usernameProblem(username);
  if (problem !== undefined) return { reason: 'username.malformed', message: problem, ...source };
  const place = (to: string, reason: ChooseStore['reason']): Place | Denial =>
    listed(choice.domains, to, source) ?? {
      store: { type: 'chooseStore', domain: to, ...source, reason },
      claimed: { username, ...source },
    };
  if (storeIn(input.snapshot, domain)) return place(domain.toUpperCase(), 'store.fromUsername');
  if (choice.unknownDomain === 'primary') return place(primaryDomain, 'store.unknown.primary');
  return {
    reason: 'store.unknown',
    message: 'The username names a user store that does not exist, and unknownDomain is "deny".',
    ...source,
  };
}

function fromClaim(input: Input, choice: StoreFromClaim): Place | Denial {
  const { fromClaim: claim, map, otherwise, domains } = choice;
  const found = findClaim(input.identity.claims, claim);
  const value = typeof found === 'number' ? String(found) : found;
  const domain = typeof value === 'string' ? domainOf(input, value, map) : undefined;
  const to = domain ?? otherwise;
  if (to === undefined) {
    const message = `The claim "${claim}", which says the user store, has no value that leads to one, and "otherwise" is not set.`;
    return { reason: 'store.claim.unmapped', message, claim };
  }
  const reason = domain === undefined ? 'store.otherwise' : 'store.fromClaim';
  const refused = listed(domains, to, { claim });
  return refused ?? { store: { type: 'chooseStore', domain: to, claim, reason }, claimed: readUsername(input) };
}

/** The domain that a value leads to: by the map, or because it is one. */
function domainOf({ snapshot }: Input, value: string, map: StoreFromClaim['map']): string | undefined {
  if (map) return Object.hasOwn(map, value) ? map[value] : undefined;
  return storeIn(snapshot, value)?.domain;
}

/** Whatever a claim says, it reaches only domains that the settings list. */
function listed(domains: readonly string[], domain: string, source: { readonly claim?: string }): Denial | undefined {
  if (domains.includes(domain)) return undefined;
  return {
    reason: 'store.unlisted',
    message: `The user store "${domain}" is not among the domains that this identity provider may reach.`,
    ...source,
  };
}

/** What the identity provider suggests as the username now, or why it suggests none. */
export function nameAskedFor(input: Input): ClaimedUsername | Denial {
  const place = placeOf(input);
  return 'claimed' in place ? place.claimed : place;
}
