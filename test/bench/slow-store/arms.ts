import { application, provider } from '../login/parties.js';

/** What is compared: the same logins, provisioned in different ways. Each arm is an identity provider and the application that it opens. */
export const arms = ['instant', 'slow', 'off', 'blocking'] as const;
export type Arm = (typeof arms)[number];

/** Milliseconds within which a call to the slow store ends: its calls are several answers, of which each takes a second. */
const timeoutMs = 30_000;

const jit: Readonly<Record<Arm, object>> = {
  instant: { mode: 'nonBlocking', userStore: 'INSTANT' },
  slow: { mode: 'nonBlocking', userStore: 'SLOW' },
  off: { enabled: false },
  blocking: { userStore: 'INSTANT' },
};

/** Foyer's settings, in the shape of its YAML file. @param stores addresses of two databases that are not Foyer's own */
export const settingsFor = (stores: { readonly instant: string; readonly slow: string }): object => ({
  userStores: [
    { domain: 'INSTANT', type: 'sql', sql: { url: stores.instant, timeoutMs } },
    { domain: 'SLOW', type: 'sql', sql: { url: stores.slow, timeoutMs } },
  ],
  identityProviders: arms.map((arm) => provider(arm, jit[arm])),
  applications: arms.map(application),
});
