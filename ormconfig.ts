import { DataSource } from 'typeorm';
import { AccountsMigration, dataSourceOptions, type Schema } from '@foyer/platform';
import { AccountMembershipRow, AccountRow, UserRow } from '@foyer/userstores';
import { Users1764000000310 } from './libs/platform/database/migrations/users.js';

/** All tables of Foyer's own database: the entities of the libs, and the migrations that make them, oldest first, append-only. */
export const schema: Schema = {
  entities: [UserRow, AccountRow, AccountMembershipRow],
  migrations: [AccountsMigration, Users1764000000310],
};

/** The DataSource for TypeORM's own command line. */
export default new DataSource(dataSourceOptions(process.env.FOYER_DATABASE_URL ?? 'sqlite:./data/foyer.db', schema));
