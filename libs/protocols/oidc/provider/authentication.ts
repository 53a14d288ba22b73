import type { Authentication } from '@foyer/login';

/**
 * The result of a login travels inside the artefacts that it gave rise to: the interaction's result, the session, and the grant of each application.
 * So each of them says by itself who somebody is and how they logged in, and nothing has to be looked up or kept in step.
 */
const field = 'authentication';

/** The name under which `oidc-provider` has to keep it in its models (`IN_PAYLOAD`). */
export const authenticationField = field;

export function authenticationOf(holder: object | undefined): Authentication | undefined {
  const value: unknown = holder === undefined ? undefined : Reflect.get(holder, field);
  return isAuthentication(value) ? value : undefined;
}

export function setAuthentication(holder: object, authentication: Authentication): void {
  Reflect.set(holder, field, authentication);
}

/** Only {@link setAuthentication} and the answer to a login write the field, so that telling it from nothing is enough. */
const isAuthentication = (value: unknown): value is Authentication =>
  typeof value === 'object' && value !== null && 'loginId' in value && 'subject' in value && typeof value.subject === 'string';
