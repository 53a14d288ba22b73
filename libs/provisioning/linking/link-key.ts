import { createHash } from 'node:crypto';
import { isWellFormed } from '@foyer/federation';

/** Who somebody is outside: which identity provider says it, under which verified issuer, and its subject. */
export interface ExternalKey {
  readonly identityProviderId: string;
  readonly issuer: string;
  readonly subject: string;
}

export const longestIssuer = 512;
export const longestSubject = 255;

/**
 * 43 characters that are equal only for the same three values, byte for byte: nothing is trimmed, folded or normalized. Each part is preceded by
 * its length, so that no two triples read the same when put together.
 */
export function linkKey({ identityProviderId, issuer, subject }: ExternalKey): string {
  const hash = createHash('sha256');
  for (const part of [identityProviderId, issuer, subject]) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('base64url');
}

export interface KeyProblem {
  readonly code: 'issuer.tooLong' | 'subject.tooLong' | 'issuer.malformed' | 'subject.malformed';
  readonly message: string;
}

/** Why nobody can be recognised by this key. It is refused, because a shortened or repaired one could be somebody else's. */
export function keyProblem({ issuer, subject }: Pick<ExternalKey, 'issuer' | 'subject'>): KeyProblem | undefined {
  if (issuer.length > longestIssuer) return { code: 'issuer.tooLong', message: `The issuer is longer than ${longestIssuer} characters.` };
  if (subject.length > longestSubject)
    return { code: 'subject.tooLong', message: `The subject is longer than ${longestSubject} characters.` };
  if (issuer === '' || !isWellFormed(issuer))
    return { code: 'issuer.malformed', message: 'The issuer is empty or not valid Unicode text.' };
  if (subject === '' || !isWellFormed(subject))
    return { code: 'subject.malformed', message: 'The subject is empty or not valid Unicode text.' };
  return undefined;
}
