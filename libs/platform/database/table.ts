import { Table, TableIndex, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** Columns for migrations, the twins of the decorators in `columns.ts`. */
export const column = {
  id: (name: string): TableColumnOptions => ({ name, type: 'varchar', length: '36' }),
  text: (name: string, length: number): TableColumnOptions => ({ name, type: 'varchar', length: String(length) }),
  longText: (name: string): TableColumnOptions => ({ name, type: 'text' }),
  json: (name: string): TableColumnOptions => ({ name, type: 'text' }),
  time: (name: string): TableColumnOptions => ({ name, type: 'bigint' }),
  number: (name: string): TableColumnOptions => ({ name, type: 'integer' }),
  flag: (name: string): TableColumnOptions => ({ name, type: 'boolean' }),
  nullable: (options: TableColumnOptions): TableColumnOptions => ({ ...options, isNullable: true }),
  primary: (options: TableColumnOptions): TableColumnOptions => ({ ...options, isPrimary: true }),
};

export interface IndexDeclaration {
  /** The same name as in the entity's `@Index(name, columns)`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique?: boolean;
}

/** Creates a table that compares text byte for byte on both databases, with its indexes. */
export async function createTable(
  runner: QueryRunner,
  name: string,
  columns: TableColumnOptions[],
  indexes: readonly IndexDeclaration[] = [],
): Promise<void> {
  await runner.createTable(new Table({ name, columns }));
  if (runner.dataSource.options.type === 'mysql') {
    await runner.query(`ALTER TABLE \`${name}\` CONVERT TO CHARACTER SET utf8mb4 COLLATE ${await binaryCollation(runner)}`);
  }
  for (const index of indexes) {
    await runner.createIndex(name, new TableIndex({ name: index.name, columnNames: [...index.columns], isUnique: index.unique ?? false }));
  }
}

/** Adds a column that may be null, without writing the rows that are there: TypeORM would copy the table on SQLite. */
export async function addColumn(runner: QueryRunner, table: string, { name, type }: TableColumnOptions): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type} NULL`);
}

export async function dropColumn(runner: QueryRunner, table: string, name: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
}

/** The collation that compares bytes and counts spaces at the end (`NO PAD`): its name differs between MariaDB and MySQL 8. */
async function binaryCollation(runner: QueryRunner): Promise<string> {
  const [row] = await runner.manager.query<{ version: string }[]>('SELECT VERSION() AS version');
  return /mariadb/i.test(row?.version ?? '') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}
