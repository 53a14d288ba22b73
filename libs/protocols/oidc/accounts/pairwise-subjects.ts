import { createHmac } from 'node:crypto';
import type { OidcClient } from '../clients/oidc-client.js';

/**
 * What a client sees as `sub`. To a pairwise client it says nothing that another sector could recognise (OpenID Connect Core §8.1): it is derived
 * from the sector and the person's id by a key that only Foyer has, and so the same at every login, after every restart and whatever keys sign.
 */
export class PairwiseSubjects {
  /** @param key 32 bytes, the same for the life of the site */
  constructor(private readonly key: Buffer) {}

  /** @param subject the id that Foyer minted */
  of(subject: string, { sector }: Pick<OidcClient, 'sector'>): string {
    if (sector === undefined) return subject;
    // No sector has a line break in it, so that two pairs never make one text.
    return createHmac('sha256', this.key).update(`${sector}\n${subject}`).digest('base64url');
  }
}
