import { loginPageSamples } from '@foyer/login';
import type { PageSample } from '@foyer/platform';
import { oidcPageSamples } from '@foyer/protocols';

/** A page in a state of every kind that Foyer shows to people. */
export const pageSamples: readonly PageSample[] = [...loginPageSamples, ...oidcPageSamples];

/** What the template of a page gets when it is shown in a language, a BCP 47 tag. */
export const sampleData = ({ data }: Pick<PageSample, 'data'>, language: string): Readonly<Record<string, unknown>> =>
  typeof data === 'function' ? data(language) : data;
