/** What somebody decided about one purpose, once. Receipts are history: another decision is another receipt. */
export interface ConsentReceipt {
  readonly id: string;
  readonly userId: string;
  readonly purposeId: string;
  /** The purpose's name. */
  readonly purpose: string;
  readonly version: number;
  /** The copy of the texts that were shown; null for the built-in purpose, whose texts are messages. */
  readonly notice: string | null;
  readonly identityProviderId: string;
  readonly identityProvider: string;
  readonly loginId: string | null;
  /** The language of the page. */
  readonly language: string;
  /** Attributes as they were ticked. */
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  /** `refused`: a mandatory attribute was, so nothing of the purpose holds, whatever else was ticked. */
  readonly state: 'accepted' | 'refused' | 'revoked';
  readonly givenAt: number;
  readonly revokedAt: number | null;
}

/** What a person decides about a purpose now: a receipt, as far as the decision says it. */
export interface ConsentDecision {
  readonly purposeId: string;
  readonly purpose: string;
  readonly version: number;
  readonly notice: string | null;
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  readonly state: 'accepted' | 'refused';
}

/** A receipt to record. Recording one whose id is there already changes nothing. */
export interface NewConsentReceipt extends ConsentDecision {
  readonly id: string;
  readonly userId: string;
  readonly identityProviderId: string;
  readonly identityProvider: string;
  readonly loginId: string | null;
  readonly language: string;
  readonly givenAt: number;
}

/** As much of the latest receipt for a purpose as weighing needs. */
export type CurrentReceipt = Pick<
  ConsentReceipt,
  'id' | 'purposeId' | 'purpose' | 'version' | 'accepted' | 'refused' | 'state' | 'givenAt'
>;
