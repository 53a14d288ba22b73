import type { ConsentPurpose } from '../purposes/purpose.js';
import type { CurrentReceipt } from '../receipts/receipt.js';

export interface StandingConsent {
  /** Those that apply, or would if people were asked. */
  readonly purposes: readonly ConsentPurpose[];
  /** The latest of each purpose, of one person. */
  readonly receipts: readonly CurrentReceipt[];
  /** Whether logins ask people. Where they do not, only purposes that the person decided about count: nobody else ever could. */
  readonly asked: boolean;
}

/**
 * The attributes that purposes cover and no consent does, outside of a login that asks. What was accepted of an earlier version holds until the next
 * login asks again. Pure.
 */
export function withheldAttributes({ purposes, receipts, asked }: StandingConsent): ReadonlySet<string> {
  const latest = new Map(receipts.map((receipt) => [receipt.purposeId, receipt]));
  const counting = asked ? purposes : purposes.filter(({ id }) => latest.has(id));
  const accepted = new Set(
    counting.flatMap(({ id }) => {
      const receipt = latest.get(id);
      return receipt?.state === 'accepted' ? receipt.accepted : [];
    }),
  );
  const covered = counting.flatMap(({ attributes }) => attributes.map(({ name }) => name));
  return new Set(covered.filter((name) => !accepted.has(name)));
}
