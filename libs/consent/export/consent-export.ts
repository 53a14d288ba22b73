import { Database } from '@foyer/platform';
import { Injectable } from '@nestjs/common';
import { ApplicationConsents } from '../applications/application-consents.js';
import { ReceiptDocuments } from '../receipts/receipt-documents.js';
import { timeText, type ConsentReceiptDocumentDto } from '../receipts/receipt.dto.js';
import { Receipts } from '../receipts/receipts.js';

/** What a person ever agreed that an application learns. */
export interface ExportedApplicationConsent {
  readonly application: string;
  readonly claims: readonly string[];
  readonly givenAt: string;
  readonly revokedAt: string | null;
}

export interface ExportedConsent {
  readonly receipts: readonly ConsentReceiptDocumentDto[];
  readonly applications: readonly ExportedApplicationConsent[];
}

/** Everything about one person's consent, with its history, oldest first. */
@Injectable()
export class ConsentExport {
  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
    private readonly documents: ReceiptDocuments,
    private readonly applications: ApplicationConsents,
  ) {}

  /** @param earlier what applications knew the person by before they had the account */
  async consentExport(userId: string, earlier: readonly string[] = []): Promise<ExportedConsent> {
    const receipts = await this.receipts.ofUser(this.database.read, userId);
    const applications = await this.applications.historyOf(this.database.read, [userId, ...earlier]);
    return {
      receipts: await this.documents.of(receipts),
      applications: applications.map(({ application, claims, givenAt, revokedAt }) => ({
        ...{ application, claims },
        ...{ givenAt: new Date(givenAt).toISOString(), revokedAt: timeText(revokedAt) },
      })),
    };
  }
}
