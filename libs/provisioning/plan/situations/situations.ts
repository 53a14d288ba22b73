import { firstLogins } from './first-logins.js';
import { laterLogins } from './later-logins.js';
import type { Situation } from './situation.js';
import { storesAndFailures } from './stores-and-failures.js';
import { withoutJit } from './without-jit.js';

/** Every kind of situation that `plan()` tells apart. */
export const situations: readonly Situation[] = [...firstLogins, ...storesAndFailures, ...laterLogins, ...withoutJit];
