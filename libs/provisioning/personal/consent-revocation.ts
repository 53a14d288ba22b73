import { Inject, Injectable } from '@nestjs/common';
import { ConsentPurposes, Receipts, type ConsentReceipt, type ConsentRevoker, type RevokedBy } from '@foyer/consent';
import { IdentityProviders } from '@foyer/identity-providers';
import { CLOCK, Database, type Clock, type Transaction } from '@foyer/platform';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type UserRegistry, type UserStoreDirectory } from '@foyer/userstores';
import { planRevocation, type PersonalChange } from '../plan/personal-changes.js';
import type { RevokeConsent } from '../plan/plan-steps.js';
import { sourceOf, withFlag } from '../plan/sync-attributes.js';
import { PersonalChanges } from './personal-changes.js';

/** Takes consent back, and with it the attributes that nothing else lets be kept. */
@Injectable()
export class ConsentRevocation implements ConsentRevoker {
  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
    private readonly changes: PersonalChanges,
    @Inject(ConsentPurposes) private readonly purposes: Pick<ConsentPurposes, 'of'>,
    @Inject(IdentityProviders) private readonly identityProviders: Pick<IdentityProviders, 'byId'>,
    @Inject(USER_REGISTRY) private readonly registry: Pick<UserRegistry, 'lock' | 'update'>,
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async revoke(receiptId: string, by: RevokedBy): Promise<void> {
    const receipt = await this.receipts.get(this.database.read, receiptId);
    if (receipt.state !== 'accepted') return;
    const { userId, identityProviderId, purpose } = receipt;
    const revocation: RevokeConsent = { type: 'revokeConsent', receiptId, purpose, reason: `consent.revoked.${by.kind}` };
    const changed = await this.changes.change({ userId, identityProviderId, loginId: null }, async (change) => {
      const { state } = await this.receipts.get(this.database.read, receiptId);
      return state === 'accepted' ? planRevocation(change, revocation, await this.unjustified(change, receipt)) : undefined;
    });
    if (!changed) await this.database.transaction((tx) => this.withoutAccount(tx, receiptId, userId));
  }

  /** Whoever has no account had agreed to something all the same. A job that is creating one finds that it planned on something else. */
  private async withoutAccount(tx: Transaction, receiptId: string, userId: string): Promise<void> {
    if (await this.registry.lock(tx, userId)) await this.registry.update(tx, userId, {}, this.clock.now());
    await this.receipts.revoke(tx, receiptId, this.clock.now());
  }

  /** Attributes whose value came by an identity provider that needs consent for it, when no other consent covers it there. */
  private async unjustified({ user }: PersonalChange, revoked: ConsentReceipt): Promise<string[]> {
    if (this.stores.find(user.userStore)?.store.capabilities.readOnly !== false) return [];
    const others = (await this.receipts.current(this.database.read, user.id)).filter(
      ({ id, state }) => id !== revoked.id && state === 'accepted',
    );
    return [...new Set(revoked.accepted.flatMap(withFlag))].filter((kept) => {
      const name = sourceOf(kept);
      const origin = Object.hasOwn(user.origins, kept) ? user.origins[kept] : undefined;
      if (origin?.identityProviderId === undefined) return false;
      const provider = this.identityProviders.byId(origin.identityProviderId);
      if (!provider) return origin.identityProviderId === revoked.identityProviderId;
      const covering = this.purposes.of(provider).filter(({ attributes }) => attributes.some((attribute) => attribute.name === name));
      if (!covering.some(({ id }) => id === revoked.purposeId)) return false;
      return !covering.some(({ id }) => others.some((receipt) => receipt.purposeId === id && receipt.accepted.includes(name)));
    });
  }
}
