/**
 * Which login an artefact goes back to: the session, and the grant of each application, carry its id. Who somebody is and how they logged in is
 * looked up by it (`Authentications` of login) whenever something is given on it, so that revoking a login ends all that came of it.
 */
const field = 'loginId';

/** The name under which `oidc-provider` has to keep it in its models (`IN_PAYLOAD`). */
export const loginIdField = field;

export function loginIdOf(holder: object | undefined): string | undefined {
  const value: unknown = holder === undefined ? undefined : Reflect.get(holder, field);
  return typeof value === 'string' ? value : undefined;
}

export function setLoginId(holder: object, loginId: string): void {
  Reflect.set(holder, field, loginId);
}
