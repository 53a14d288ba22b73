/** In characters. */
export const maxMembershipNameLength = 255;
const unseen = /[\p{C}\p{Zl}\p{Zp}]|^[\p{White_Space}]|[\p{White_Space}]$/u;

/** Why a text cannot name a role or a group in any store, as a sentence; undefined when it can. */
export function membershipNameProblem(name: string): string | undefined {
  if (name !== '' && name.length <= maxMembershipNameLength && !unseen.test(name)) return undefined;
  return `The name has to have 1 to ${maxMembershipNameLength} characters that can be seen, and no space at its ends.`;
}
