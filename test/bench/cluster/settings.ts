import { application, provider } from '../login/parties.js';

/**
 * How people are provisioned. Each is an identity provider and the application that it opens: `blocking` and `non-blocking` in PRIMARY, which is in
 * Foyer's own database; `outside` by jobs in a database elsewhere.
 */
export const ways = ['blocking', 'non-blocking', 'outside'] as const;
export type Way = (typeof ways)[number];

const jit: Readonly<Record<Way, object>> = {
  blocking: {},
  'non-blocking': { mode: 'nonBlocking' },
  outside: { mode: 'nonBlocking', userStore: 'OUTSIDE' },
};

/** Foyer's settings, in the shape of its YAML file. @param store address of a database that is not Foyer's own */
export const settingsFor = (store: string): object => ({
  userStores: [{ domain: 'OUTSIDE', type: 'sql', sql: { url: store, timeoutMs: 30_000 } }],
  identityProviders: ways.map((way) => provider(way, jit[way])),
  applications: ways.map(application),
});
