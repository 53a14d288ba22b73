/** Who revokes a receipt. */
export interface RevokedBy {
  readonly kind: 'administrator' | 'person';
  /** The id of their account, or the client id of a script. */
  readonly subject: string;
}

/**
 * Revokes a receipt and clears the attributes that only it justified, in one transaction, with a journal entry. Implemented where accounts are
 * changed (provisioning).
 */
export interface ConsentRevoker {
  /** Doing it again changes nothing. @throws FoyerError `receipt.notFound` */
  revoke(receiptId: string, by: RevokedBy): Promise<void>;
}

/** Nest token of the {@link ConsentRevoker}. */
export const CONSENT_REVOKER = Symbol('ConsentRevoker');
