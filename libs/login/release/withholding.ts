import { withheldAttributes, type ConsentPurposes, type Receipts } from '@foyer/consent';
import type { IdentityProviders } from '@foyer/identity-providers';
import type { Database } from '@foyer/platform';

const nothing: ReadonlySet<string> = new Set();

/**
 * What people do not let go on to applications of what an identity provider said, at a login that may be long ago or kept in an account since then:
 * what they decided counts at every use of a token.
 */
export class Withholding {
  constructor(
    private readonly database: Pick<Database, 'read'>,
    private readonly receipts: Pick<Receipts, 'current'>,
    private readonly purposes: Pick<ConsentPurposes, 'of'>,
    private readonly identityProviders: Pick<IdentityProviders, 'byId'>,
  ) {}

  /**
   * The attributes that purposes cover and no consent does. What was accepted of an earlier version holds until the next login asks again, as it does
   * for the account; while JIT is off, what was refused stays so.
   */
  async of(userId: string, identityProviderId: string): Promise<ReadonlySet<string>> {
    const provider = this.identityProviders.byId(identityProviderId);
    const purposes = provider ? this.purposes.of(provider) : [];
    if (!provider || purposes.length === 0) return nothing;
    const receipts = await this.receipts.current(this.database.read, userId);
    const withheld = [...withheldAttributes({ purposes, receipts, asked: provider.jit.enabled })];
    // Whether an address is verified says something about the address.
    return new Set(withheld.flatMap((name) => (name === 'email' ? [name, 'emailVerified'] : name)));
  }
}
