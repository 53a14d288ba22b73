import { Database, FoyerError } from '@foyer/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { ConsentReceipt } from './receipt.js';
import { receiptNotFound, Receipts } from './receipts.js';
import { CONSENT_REVOKER, type ConsentRevoker, type RevokedBy } from './revoker.js';

/** Takes back what somebody accepted: for an administrator, and for the person. */
@Injectable()
export class ReceiptRevocation {
  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
    @Inject(CONSENT_REVOKER) private readonly revoker: ConsentRevoker,
  ) {}

  /**
   * Revokes a receipt that is accepted and the latest of its purpose. Doing it again changes nothing.
   * @param check throws when it may not be, as it is now
   * @returns the receipt as it is then
   * @throws FoyerError `receipt.notFound`, also for a person whose it is not; `receipt.refused` or `receipt.superseded` (conflict)
   */
  async revoke(id: string, by: RevokedBy, check: (receipt: ConsentReceipt) => unknown = () => undefined): Promise<ConsentReceipt> {
    const receipt = await this.receipts.get(this.database.read, id);
    if (by.kind === 'person' && receipt.userId !== by.subject) throw receiptNotFound();
    await check(receipt);
    if (receipt.state === 'revoked') return receipt;
    if (receipt.state === 'refused') {
      throw new FoyerError('conflict', 'receipt.refused', 'Nothing was accepted with this receipt, so there is nothing to revoke.');
    }
    await this.refuseSuperseded(receipt);
    await this.revoker.revoke(id, by);
    return this.receipts.get(this.database.read, id);
  }

  /** Revoking what a later receipt replaced would look like taking something back, and change nothing. */
  private async refuseSuperseded({ id, userId }: ConsentReceipt): Promise<void> {
    const current = await this.receipts.current(this.database.read, userId);
    if (current.some((one) => one.id === id)) return;
    throw new FoyerError('conflict', 'receipt.superseded', 'A later receipt for the same purpose has replaced this one. Revoke that one.');
  }
}
