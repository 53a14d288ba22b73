import { consents } from './consents.js';
import { deferredLogins, jobsOfLogins } from './deferred.js';
import { firstLogins } from './first-logins.js';
import { laterLogins } from './later-logins.js';
import { links } from './links.js';
import { places } from './places.js';
import { prompts } from './prompts.js';
import { roles } from './roles.js';
import type { Situation } from './situation.js';
import { storesAndFailures } from './stores-and-failures.js';
import { withoutJit } from './without-jit.js';

/** Situations of one kind, under a title. */
export interface Chapter {
  readonly title: string;
  readonly situations: readonly Situation[];
}

/** Every kind of situation that `plan()` tells apart. */
export const chapters: readonly Chapter[] = [
  { title: 'A first login', situations: firstLogins },
  { title: 'Which user store', situations: places },
  { title: 'What the person is asked', situations: prompts },
  { title: 'Consent', situations: consents },
  { title: 'An account that exists already', situations: links },
  { title: 'Roles and groups', situations: roles },
  { title: 'A later login', situations: laterLogins },
  { title: 'Stores that are missing, refuse, or fail', situations: storesAndFailures },
  { title: 'A login that leaves the store to a job', situations: deferredLogins },
  { title: 'What the job does', situations: jobsOfLogins },
  { title: 'JIT is off, or nobody is recognised', situations: withoutJit },
];

export const situations: readonly Situation[] = chapters.flatMap((chapter) => chapter.situations);
