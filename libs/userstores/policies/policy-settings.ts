import { keyPath, PatternField, type InputFault } from '@foyer/platform';

/** The policy of a user store. A text has to match its pattern as a whole. */
export interface PolicySettings {
  readonly usernamePattern?: string;
  readonly rolenamePattern?: string;
  readonly passwordPattern?: string;
}

/** The policy as it is written: under our names, or under those that WSO2 Identity Server has for the same. */
export class PolicyDto implements PolicySettings {
  @PatternField('What a username has to match as a whole (RE2).', '^[a-z0-9._-]{3,30}$') usernamePattern?: string;
  @PatternField('What the name of a role has to match as a whole (RE2).', '^[A-Za-z0-9._-]{3,30}$') rolenamePattern?: string;
  @PatternField('What a password has to match as a whole (RE2). Without it: 8 to 1024 characters.', '^.{12,128}$') passwordPattern?: string;
  @PatternField('WSO2’s name of `usernamePattern`.') UsernameJavaRegEx?: string;
  @PatternField('WSO2’s name of `rolenamePattern`.') RolenameJavaRegEx?: string;
  @PatternField('WSO2’s name of `passwordPattern`.') PasswordJavaRegEx?: string;
  @PatternField('WSO2’s name of `usernamePattern` for its pages.') UsernameJavaScriptRegEx?: string;
  @PatternField('WSO2’s name of `rolenamePattern` for its pages.') RolenameJavaScriptRegEx?: string;
  @PatternField('WSO2’s name of `passwordPattern` for its pages.') PasswordJavaScriptRegEx?: string;
}

const names = {
  usernamePattern: ['usernamePattern', 'UsernameJavaRegEx', 'UsernameJavaScriptRegEx'],
  rolenamePattern: ['rolenamePattern', 'RolenameJavaRegEx', 'RolenameJavaScriptRegEx'],
  passwordPattern: ['passwordPattern', 'PasswordJavaRegEx', 'PasswordJavaScriptRegEx'],
} as const;

/**
 * The policy under our names alone. One written under several names has to say the same each time.
 * @param path of the policy, such as `userStores[0].policy`
 * @param faults gets what is wrong
 */
export function readPolicy(written: PolicyDto, path: string, faults: InputFault[]): PolicySettings {
  const policy: { -readonly [name in keyof PolicySettings]: string } = {};
  for (const [name, aliases] of Object.entries(names) as [keyof PolicySettings, readonly (keyof PolicyDto)[]][]) {
    for (const alias of aliases) {
      const value = written[alias];
      if (value === undefined) continue;
      policy[name] ??= value;
      if (policy[name] !== value)
        faults.push({ path: keyPath(path, alias), code: 'value.ambiguous', message: `says something else than another name of ${name}` });
    }
  }
  return policy;
}
