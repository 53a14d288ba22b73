import { Database, SETTINGS, textIn, ThemeRenderer, type Settings } from '@foyer/platform';
import { Inject, Injectable } from '@nestjs/common';
import { Notices } from '../purposes/notices.js';
import { builtInPurposeTexts, type Notice } from '../purposes/purpose.js';
import { timeText, type ConsentReceiptDocumentDto } from './receipt.dto.js';
import type { ConsentReceipt } from './receipt.js';

type Shown = Pick<
  ConsentReceiptDocumentDto['services'][number]['purposes'][number],
  'title' | 'text' | 'termination' | 'thirdPartyName' | 'mandatory'
>;

/** Receipts as documents that say all by themselves: with the texts as their person read them. */
@Injectable()
export class ReceiptDocuments {
  constructor(
    private readonly database: Database,
    private readonly notices: Notices,
    private readonly themes: ThemeRenderer,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  /** In the order of the receipts. */
  async of(receipts: readonly ConsentReceipt[]): Promise<ConsentReceiptDocumentDto[]> {
    const keys = receipts.flatMap(({ notice }) => notice ?? []);
    const notices = await this.notices.find(this.database.read, keys);
    return receipts.map((receipt) => this.document(receipt, receipt.notice === null ? undefined : notices.get(receipt.notice)));
  }

  private document(receipt: ConsentReceipt, notice: Notice | undefined): ConsentReceiptDocumentDto {
    const { id, userId, purpose, version, identityProvider, loginId, language, accepted, refused, state } = receipt;
    const shown = notice ? shownOf(notice, language) : this.builtIn(receipt);
    return {
      consentReceiptID: id,
      consentTimestamp: new Date(receipt.givenAt).toISOString(),
      collectionMethod: 'login',
      language,
      piiPrincipalId: userId,
      issuer: this.settings.publicUrl,
      loginId,
      state,
      revokedAt: timeText(receipt.revokedAt),
      services: [
        {
          service: identityProvider,
          purposes: [
            {
              ...{ purpose, version, consentType: 'EXPLICIT', piiCategory: accepted, refused, ...shown },
              thirdPartyDisclosure: shown.thirdPartyName.length > 0,
            },
          ],
        },
      ],
    };
  }

  /** The built-in purpose keeps no copy: its texts are Foyer's own. */
  private builtIn({ language, accepted, refused }: ConsentReceipt): Shown {
    const text = (key: string): string => this.themes.text(key, { languages: [language] });
    const { title, text: body, retention } = builtInPurposeTexts;
    return { title: text(title), text: text(body), termination: text(retention), thirdPartyName: [], mandatory: [...accepted, ...refused] };
  }
}

function shownOf({ title, text, retention, sharedWith, attributes }: Notice, language: string): Shown {
  return {
    title: textIn(title, language),
    text: textIn(text, language),
    ...(retention && { termination: textIn(retention, language) }),
    thirdPartyName: sharedWith,
    mandatory: attributes.filter(({ mandatory }) => mandatory).map(({ name }) => name),
  };
}
