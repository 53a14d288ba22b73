import type { Authentication } from '@foyer/login';

/** Which earlier login may open which application: known to login. */
export interface Admission {
  /** @param application its name */
  mayOpen(application: string, authentication: Authentication): boolean;
}
