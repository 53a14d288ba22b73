import type { InputFault } from '@foyer/platform';
import type { UserStoreCapabilities } from '../store.js';

type Capabilities = Pick<UserStoreCapabilities, 'readOnly' | 'create' | 'passwords' | 'groups'>;
type Lack = Omit<InputFault, 'path'>;

/** What settings that name a user store may need of it, and what is said when the store has it not. */
const needs = {
  create: (domain: string, { readOnly, create }: Capabilities): Lack | undefined => {
    if (create) return undefined;
    const [code, why] = readOnly ? ['store.readOnly', 'is read-only'] : ['store.cannotCreate', 'creates none'];
    return { code, message: `needs a user store in which accounts can be created, and ${domain} ${why}` };
  },
  passwords: (domain: string, { passwords }: Capabilities): Lack | undefined =>
    passwords
      ? undefined
      : { code: 'store.noPasswords', message: `needs a user store whose accounts have passwords, and ${domain} has none` },
  groups: (domain: string, { groups }: Capabilities): Lack | undefined =>
    groups ? undefined : { code: 'store.noGroups', message: `needs a user store that has groups, and ${domain} has none` },
} as const;

const isNeed = (need: string): need is keyof typeof needs => Object.hasOwn(needs, need);

/** Why a store cannot do what is needed of it; undefined when it can. */
export function lackOf(domain: string, capabilities: Capabilities, need: string): Lack | undefined {
  if (!isNeed(need)) throw new TypeError(`No user store knows what it is to ${need}`);
  return needs[need](domain, capabilities);
}
