import { invalidInput, itemPath, keyPath, mergePatch, parseInput, type InputFault } from '@foyer/platform';
import type { Domain } from '../contract.js';
import { membershipNameProblem } from '../policies/membership-name.js';
import type { StoreAccount, StorePolicies } from '../store.js';
import { attributeFaults } from './attribute-faults.js';
import { ChangeUserDto, CreateUserDto } from './user.dto.js';
import type { FoundUser } from './users-reader.js';

/** What a user has that no change may name. */
const fixed = ['id', 'userStore', 'links', 'createdAt', 'updatedAt'];

/** @throws FoyerError `input.invalid` */
export function readNewUser(input: unknown): CreateUserDto {
  const wanted = parseInput(CreateUserDto, input);
  refuse(attributeFaults(wanted.attributes));
  return wanted;
}

/**
 * The user after a merge patch (RFC 7396).
 * @throws FoyerError `input.invalid`
 */
export function readChangedUser({ user, account }: FoundUser, patch: unknown): ChangeUserDto {
  const { attributes, roles, groups } = account;
  const patched = mergePatch({ username: user.username, enabled: user.enabled && account.enabled, attributes, roles, groups }, patch);
  const named = fixed.filter((key) => Object.hasOwn(patched, key));
  refuse(named.map((key) => ({ path: keyPath('', key), code: 'key.readOnly', message: 'never changes' })));
  const wanted = parseInput(ChangeUserDto, patched);
  refuse(attributeFaults(wanted.attributes));
  return wanted;
}

/**
 * Checks what is new against what the store asks for; what was there before stays as it is, even if policies have become stricter.
 * @throws FoyerError `input.invalid`
 */
export function checkPolicies(
  wanted: ChangeUserDto,
  { policies, store }: Pick<Domain, 'policies' | 'store'>,
  before?: Pick<StoreAccount, 'username' | 'roles' | 'groups'>,
): void {
  const faults: InputFault[] = [];
  const check = (path: string, violation: ReturnType<StorePolicies['username']>): void => {
    if (violation) faults.push({ path, code: violation.code, message: violation.message });
  };
  if (wanted.username !== before?.username) check('username', policies.username(wanted.username));
  if (wanted.password !== undefined) check('password', policies.password(wanted.password));
  else if (!before && store.capabilities.passwordRequired)
    faults.push({ path: 'password', code: 'password.required', message: 'is required in this user store' });
  wanted.roles.forEach((role, index) => {
    if (!before?.roles.includes(role)) check(itemPath('roles', index), policies.rolename(role));
  });
  wanted.groups.forEach((group, index) => {
    const malformed = before?.groups.includes(group) ? undefined : membershipNameProblem(group);
    if (malformed !== undefined) faults.push({ path: itemPath('groups', index), code: 'groupname.malformed', message: malformed });
  });
  refuse(faults);
}

function refuse(faults: readonly InputFault[]): void {
  if (faults.length > 0) throw invalidInput(faults);
}
