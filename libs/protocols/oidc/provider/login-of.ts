import type { Authentication } from '@foyer/login';
import { authenticationField } from '../state/grant-adapter.js';

/**
 * Which login an artefact goes back to: the session carries its id, and so does the answer to an interaction. Who somebody is and how they logged
 * in is looked up by it (`Authentications` of login) whenever something is given on it, so that revoking a login ends all that came of it. A grant
 * has looked it up already.
 */
const field = 'loginId';

/** What `oidc-provider` has to keep in its models besides what it knows (`IN_PAYLOAD`). */
export const keptFields = { Session: field, Grant: authenticationField } as const;

export function loginIdOf(holder: object | undefined): string | undefined {
  const value: unknown = holder === undefined ? undefined : Reflect.get(holder, field);
  return typeof value === 'string' ? value : undefined;
}

export function setLoginId(holder: object, loginId: string): void {
  Reflect.set(holder, field, loginId);
}

/** The result of the login that a grant stands on. */
export function authenticationOf(grant: object | undefined): Authentication | undefined {
  const value: unknown = grant === undefined ? undefined : Reflect.get(grant, authenticationField);
  return isAuthentication(value) ? value : undefined;
}

const isAuthentication = (value: unknown): value is Authentication =>
  typeof value === 'object' && value !== null && 'loginId' in value && 'subject' in value;
