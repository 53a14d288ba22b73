import { invalidInput, itemPath, keyPath, mergePatch, parseInput, type InputFault } from '@foyer/platform';
import type { Domain } from '../contract.js';
import { membershipNameProblem } from '../policies/membership-name.js';
import type { StoreAccount, StorePolicies } from '../store.js';
import { attributeFaults } from './attribute-faults.js';
import type { NamedIdentity, UserLinks } from './contract.js';
import { ChangeUserDto, CreateUserDto } from './user.dto.js';
import type { FoundUser } from './users-reader.js';

/** What a user has that no change may name. */
const fixed = ['id', 'userStore', 'createdAt', 'updatedAt'];

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
export function readChangedUser({ user, account, links: known }: FoundUser, patch: unknown): ChangeUserDto {
  const { attributes, roles, groups } = account;
  const { username, locked, expiresAt } = user;
  const before = {
    ...{ username, enabled: user.enabled && account.enabled, locked, attributes, roles, groups },
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
    links: known.map(({ identityProvider, subject }) => ({ identityProvider, subject })),
  };
  const patched = mergePatch(before, patch);
  const named = fixed.filter((key) => Object.hasOwn(patched, key));
  refuse(named.map((key) => ({ path: keyPath('', key), code: 'key.readOnly', message: 'never changes' })));
  const wanted = parseInput(ChangeUserDto, patched);
  refuse(attributeFaults(wanted.attributes));
  return wanted;
}

/** Milliseconds since the epoch. */
export const expiryOf = ({ expiresAt }: Pick<ChangeUserDto, 'expiresAt'>): number | undefined =>
  typeof expiresAt === 'string' ? Date.parse(expiresAt) : undefined;

/**
 * Checks the identities that are to be named; those that are there stay, even if their identity provider is gone.
 * @param among the list that they are in, for the paths of faults
 * @throws FoyerError `input.invalid`
 */
export function checkLinks(added: readonly NamedIdentity[], among: readonly NamedIdentity[], links: UserLinks): void {
  const faults = added.flatMap((identity) => {
    const fault = links.faultOf(identity);
    return fault ? [{ ...fault, path: keyPath(itemPath('links', among.indexOf(identity)), fault.path) }] : [];
  });
  refuse(faults);
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
