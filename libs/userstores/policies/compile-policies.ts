import { compilePattern, type Pattern } from '@foyer/platform';
import type { PolicyViolation, StorePolicies } from '../store.js';
import { usernameProblem } from '../username/username.js';
import { membershipNameProblem } from './membership-name.js';
import type { PolicySettings } from './policy-settings.js';

const maxPasswordLength = 1_024;
/** Where no `passwordPattern` says otherwise (NIST SP 800-63B §3.1.1.2 asks for 8 at least). */
const minPasswordLength = 8;

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
      const problem = membershipNameProblem(value);
      if (problem !== undefined) return { code: 'rolename.malformed', policy: 'rolename', message: problem };
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
