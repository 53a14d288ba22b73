import type { PolicyViolation, StorePolicies } from '../store.js';
import { usernameProblem } from '../username/username.js';
import { compilePattern, type Pattern } from './pattern.js';
import type { PolicySettings } from './policy-settings.js';

const maxRolenameLength = 255;
const maxPasswordLength = 1_024;
/** Where no `passwordPattern` says otherwise (NIST SP 800-63B §3.1.1.2 asks for 8 at least). */
const minPasswordLength = 8;

const unseen = /[\p{C}\p{Zl}\p{Zp}]|^[\p{White_Space}]|[\p{White_Space}]$/u;

/** Compiles the policies of a store once; what they check is the whole text. */
export function compilePolicies(settings: PolicySettings): StorePolicies {
  const username = compiled(settings.usernamePattern);
  const rolename = compiled(settings.rolenamePattern);
  const password = compiled(settings.passwordPattern);
  return {
    username(value) {
      const problem = usernameProblem(value);
      if (problem !== undefined) return { code: 'username.malformed', policy: 'username', message: problem };
      return violated(username, value, 'username', 'The username does not have the form that this user store asks for.');
    },
    rolename(value) {
      if (value === '' || value.length > maxRolenameLength || unseen.test(value)) {
        const message = `The name of a role has 1 to ${maxRolenameLength} characters that can be seen, and no space at its ends.`;
        return { code: 'rolename.malformed', policy: 'rolename', message };
      }
      return violated(rolename, value, 'rolename', 'The name of the role does not have the form that this user store asks for.');
    },
    password(value) {
      const shortest = password ? 1 : minPasswordLength;
      if (value.length < shortest || value.length > maxPasswordLength) {
        const message = `A password has ${shortest} to ${maxPasswordLength} characters.`;
        return { code: 'policy.password', policy: 'passwordLength', message };
      }
      return violated(password, value, 'password', 'The password does not meet the rules of this user store.');
    },
  };
}

const compiled = (pattern: string | undefined): Pattern | undefined => (pattern === undefined ? undefined : compilePattern(pattern));

function violated(pattern: Pattern | undefined, value: string, what: string, message: string): PolicyViolation | undefined {
  if (!pattern || pattern.matches(value)) return undefined;
  return { code: `policy.${what}`, policy: `${what}Pattern`, message };
}
