import { DataSource } from 'typeorm';
import { dataSourceOptions, type Schema } from '@foyer/platform';

/** All tables of Foyer's own database: the entities of the libs, and the migrations that make them, oldest first, append-only. */
export const schema: Schema = {
  entities: [],
  migrations: [],
};

/** The DataSource for TypeORM's own command line. */
export default new DataSource(dataSourceOptions(process.env.FOYER_DATABASE_URL ?? 'sqlite:./data/foyer.db', schema));
