import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, Database, type Clock, type Transaction } from '@foyer/platform';
import type { UserIdQuery, UserLifecycle, UserLink, UserLinks } from '@foyer/userstores';
import { AccountLinks } from './account-links.js';

/** Links as the lists of users show them. */
@Injectable()
export class LinksOfUsers implements UserLinks {
  constructor(
    private readonly database: Database,
    private readonly links: AccountLinks,
  ) {}

  async linksOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly UserLink[]>> {
    const found = new Map<string, UserLink[]>();
    for (const { userId, identityProvider, subject, status } of await this.links.ofUsers(this.database.read, userIds)) {
      const link = { identityProvider, subject, active: status === 'active' };
      found.set(userId, [...(found.get(userId) ?? []), link]);
    }
    return found;
  }

  usersWith({ identityProvider, subject }: { readonly identityProvider?: string; readonly subject?: string }): UserIdQuery {
    const conditions = ["status <> 'tombstone'"];
    if (identityProvider !== undefined) conditions.push('identity_provider = :linkProvider');
    if (subject !== undefined) conditions.push('subject = :linkSubject');
    return {
      sql: `SELECT user_id FROM account_links WHERE ${conditions.join(' AND ')}`,
      parameters: {
        ...(identityProvider !== undefined && { linkProvider: identityProvider }),
        ...(subject !== undefined && { linkSubject: subject }),
      },
    };
  }
}

/** Turns the links of a user who is removed into tombstones, in the same transaction: that id never comes back. */
@Injectable()
export class LinkBurial implements UserLifecycle {
  constructor(
    private readonly links: AccountLinks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  removed(tx: Transaction, userId: string): Promise<void> {
    return this.links.bury(tx, userId, this.clock.now());
  }

  /** Every login reads the account's status: a link has nothing to end. */
  async disabled(): Promise<void> {}
}
