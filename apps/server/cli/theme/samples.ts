import { loginPageSamples } from '@foyer/login';
import type { PageSample } from '@foyer/platform';
import { oidcPageSamples } from '@foyer/protocols';

/** A page in a state of every kind that Foyer shows to people. */
export const pageSamples: readonly PageSample[] = [...loginPageSamples, ...oidcPageSamples];
