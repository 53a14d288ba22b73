import { comparableRole } from '@foyer/admin-access';
import { usernameKey } from '@foyer/userstores';

const plain = /^[\x20-\x7e]*$/;

/** A name without what stores may ignore when they compare. A role that is never granted is not granted under a name that its store takes for it. */
export const comparableName = (name: string): string => (plain.test(name) ? name.toLowerCase() : usernameKey(comparableRole(name)));
