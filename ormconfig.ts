import { DataSource } from 'typeorm';
import { ApplicationRow } from '@foyer/applications';
import { ApplicationConsentRow, ConsentPurposeRow, ConsentReceiptRow, NoticeRow } from '@foyer/consent';
import { IdentityProviderRow } from '@foyer/identity-providers';
import { JobAttemptRow, JobLeaseRow, JobPauseRow, JobResumeRow, JobRow, JobSubjectRow } from '@foyer/jobs';
import { JournalEntryRow } from '@foyer/journal';
import { LoginRow } from '@foyer/login';
import { AccountsMigration, dataSourceOptions, SettingsRevisionRow, type Schema } from '@foyer/platform';
import { SigningKeyRow } from '@foyer/protocols';
import { AccountLink } from '@foyer/provisioning';
import { AccountMembershipRow, AccountRow, UserKeyRow, UserRow, UserStoreRow } from '@foyer/userstores';
import { AccountLinks1764000000320 } from './libs/platform/database/migrations/account-links.js';
import { Applications1764000000200 } from './libs/platform/database/migrations/applications.js';
import { Consent1764000000340 } from './libs/platform/database/migrations/consent.js';
import { DeferredProvisioning1764000000700 } from './libs/platform/database/migrations/deferred-provisioning.js';
import { IdentityProviders1764000000100 } from './libs/platform/database/migrations/identity-providers.js';
import { JobPayloadVersion1764000000360 } from './libs/platform/database/migrations/job-payload-version.js';
import { JobResumes1764000000370 } from './libs/platform/database/migrations/job-resumes.js';
import { Jobs1764000000350 } from './libs/platform/database/migrations/jobs.js';
import { Journal1764000000330 } from './libs/platform/database/migrations/journal.js';
import { Logins1764000000500 } from './libs/platform/database/migrations/logins.js';
import { SettingsRevision1764000000000 } from './libs/platform/database/migrations/settings-revision.js';
import { SigningKeys1764000000600 } from './libs/platform/database/migrations/signing-keys.js';
import { State1764000000020 } from './libs/platform/database/migrations/state.js';
import { UserStores1764000000305 } from './libs/platform/database/migrations/user-stores.js';
import { Users1764000000310 } from './libs/platform/database/migrations/users.js';

/** All tables of Foyer's own database: the entities of the libs, and the migrations that make them, oldest first, append-only. */
export const schema: Schema = {
  entities: [
    SettingsRevisionRow,
    IdentityProviderRow,
    ApplicationRow,
    UserStoreRow,
    UserRow,
    UserKeyRow,
    AccountRow,
    AccountMembershipRow,
    AccountLink,
    JournalEntryRow,
    ConsentPurposeRow,
    NoticeRow,
    ConsentReceiptRow,
    ApplicationConsentRow,
    JobRow,
    JobAttemptRow,
    JobSubjectRow,
    JobPauseRow,
    JobResumeRow,
    JobLeaseRow,
    LoginRow,
    SigningKeyRow,
  ],
  migrations: [
    SettingsRevision1764000000000,
    State1764000000020,
    IdentityProviders1764000000100,
    Applications1764000000200,
    AccountsMigration,
    UserStores1764000000305,
    Users1764000000310,
    AccountLinks1764000000320,
    Journal1764000000330,
    Consent1764000000340,
    Jobs1764000000350,
    JobPayloadVersion1764000000360,
    JobResumes1764000000370,
    Logins1764000000500,
    SigningKeys1764000000600,
    DeferredProvisioning1764000000700,
  ],
};

/** The DataSource for TypeORM's own command line. */
export default new DataSource(dataSourceOptions(process.env.FOYER_DATABASE_URL ?? 'sqlite:./data/foyer.db', schema));
