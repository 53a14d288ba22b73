import { Module } from '@nestjs/common';
import { ApplicationConsents } from '@foyer/consent';
import { IdentityProvidersModule } from '@foyer/identity-providers';
import { JobsModule } from '@foyer/jobs';
import { USER_LINKS } from '@foyer/userstores';
import { JobOvertaking } from '../deferred/job-overtaking.js';
import { AccountLinks } from './account-links.js';
import { LinkBurial, LinksOfUsers } from './links-of-users.js';

/** Account links alone, and what administrators overtake: what the administration of users needs of provisioning, which in turn needs the user stores. */
@Module({
  imports: [IdentityProvidersModule, JobsModule],
  providers: [
    AccountLinks,
    ApplicationConsents,
    LinksOfUsers,
    LinkBurial,
    JobOvertaking,
    { provide: USER_LINKS, useExisting: LinksOfUsers },
  ],
  exports: [AccountLinks, LinksOfUsers, LinkBurial, JobOvertaking, USER_LINKS],
})
export class AccountLinksModule {}
