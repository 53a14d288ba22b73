import { Inject, Injectable } from '@nestjs/common';
import {
  ApplicationConsents,
  builtInPurposeName,
  builtInPurposeTexts,
  ConsentPurposes,
  ReceiptRevocation,
  Receipts,
  type CurrentReceipt,
} from '@foyer/consent';
import { IdentityProviders } from '@foyer/identity-providers';
import { CLOCK, Database, FoyerError, type Clock } from '@foyer/platform';
import type { RegisteredUser } from '@foyer/userstores';
import { Openings } from '../openings.js';
import type { PageData } from '../pages/page-writer.js';

/** What a person agreed to: that attributes are kept here, and that applications learn them. */
@Injectable()
export class OwnConsents {
  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
    private readonly revocation: ReceiptRevocation,
    private readonly purposes: ConsentPurposes,
    private readonly applications: ApplicationConsents,
    private readonly openings: Openings,
    private readonly identityProviders: IdentityProviders,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What the page shows of what is kept by consent: the latest decision about each purpose. */
  async kept(user: RegisteredUser): Promise<readonly PageData[]> {
    const receipts = await this.receipts.current(this.database.read, user.id);
    return receipts
      .sort((one, other) => other.givenAt - one.givenAt)
      .map((receipt) => ({
        ...this.titleOf(receipt),
        id: receipt.id,
        state: `account.consent.${receipt.state}`,
        givenAt: receipt.givenAt,
        details: receipt.state === 'accepted' ? receipt.accepted.map(labelled) : [],
        revocable: receipt.state === 'accepted',
      }));
  }

  /** What the page shows of what applications learn by consent. */
  async told(subject: string): Promise<readonly PageData[]> {
    const consents = await this.applications.listOf(this.database.read, subject);
    return consents.map(({ applicationId, application, claims, givenAt }) => ({
      applicationId,
      application: this.openings.application(application)?.displayName ?? application,
      givenAt,
      details: claims.map(labelled),
    }));
  }

  /** What only this consent justified is cleared. A receipt that is not theirs, or holds no more, stays as it is. */
  async revoke(user: RegisteredUser, receiptId: string): Promise<void> {
    try {
      await this.revocation.revoke(receiptId, { kind: 'person', subject: user.id });
    } catch (error) {
      // The page was open for a while, and shows now what has become of it.
      if (!(error instanceof FoyerError) || (error.kind !== 'conflict' && error.code !== 'receipt.notFound')) throw error;
    }
  }

  /** The application asks again before it learns anything more. */
  async revokeApplication(subject: string, applicationId: string): Promise<void> {
    await this.database.transaction((tx) => this.applications.revoke(tx, subject, applicationId, this.clock.now()));
  }

  /** In the language of the page. The built-in purpose is one for each identity provider. */
  private titleOf({ purpose, purposeId }: CurrentReceipt): PageData {
    if (purpose !== builtInPurposeName) return { title: this.purposes.byName(purpose)?.title ?? purpose };
    return { title: builtInPurposeTexts.title, provider: this.identityProviders.byId(purposeId)?.displayName };
  }
}

const labelled = (name: string): PageData => ({
  name,
  label: name === 'offline_access' ? 'release.offline' : [`attribute.${name}`, 'attribute.other'],
});
