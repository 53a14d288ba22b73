import type { AttributeValue } from '@foyer/platform';

/** An external claim (`from`) or a constant (`value`) that becomes a local attribute (`to`). */
export interface ClaimMapping {
  readonly from?: string;
  readonly value?: AttributeValue;
  readonly to: string;
  /** What an absent claim means for an attribute that has a value: it stays, goes, or the login fails. */
  readonly onAbsent: 'keep' | 'clear' | 'fail';
  /** Whose the value is: the identity provider's, whoever changed it here, or SCIM's. */
  readonly owner: 'idp' | 'local' | 'scim';
}
