import { usernameKey } from '@foyer/userstores';

const plain = /^[\x20-\x7e]*$/;
const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * A name without what stores may ignore when they compare: case, width, characters that cannot be seen. A role that must not be granted is not
 * granted under a name that its store takes for the same.
 */
export const comparableName = (name: string): string => (plain.test(name) ? name.toLowerCase() : usernameKey(name.replace(ignorable, '')));
