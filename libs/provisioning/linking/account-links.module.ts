import { Module } from '@nestjs/common';
import { ApplicationConsents } from '@foyer/consent';
import { IdentityProvidersModule } from '@foyer/identity-providers';
import { USER_LINKS } from '@foyer/userstores';
import { AccountLinks } from './account-links.js';
import { LinkBurial, LinksOfUsers } from './links-of-users.js';

/** Account links alone: what the administration of users needs of provisioning, which in turn needs the user stores. */
@Module({
  imports: [IdentityProvidersModule],
  providers: [AccountLinks, ApplicationConsents, LinksOfUsers, LinkBurial, { provide: USER_LINKS, useExisting: LinksOfUsers }],
  exports: [AccountLinks, LinksOfUsers, LinkBurial, USER_LINKS],
})
export class AccountLinksModule {}
