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

/*
 * On MySQL each change of a schema commits by itself, so a process that dies, or loses its connection, leaves half a migration behind. Each of these
 * leaves alone what is there already, so that the same migration goes on from there the next time. SQLite undoes it as a whole.
 */

/** Creates a table that compares text byte for byte on both databases, with its indexes. */
export async function createTable(
  runner: QueryRunner,
  name: string,
  columns: TableColumnOptions[],
  indexes: readonly IndexDeclaration[] = [],
): Promise<void> {
  await runner.createTable(new Table({ name, columns }), true);
  if (isMysql(runner)) {
    await runner.query(`ALTER TABLE \`${name}\` CONVERT TO CHARACTER SET utf8mb4 COLLATE ${await binaryCollation(runner)}`);
  }
  for (const index of indexes) {
    if (await isThere(runner, 'index', name, index.name)) continue;
    await runner.createIndex(name, new TableIndex({ name: index.name, columnNames: [...index.columns], isUnique: index.unique ?? false }));
  }
}

/** Adds a column that may be null or has a default, without writing the rows that are there: TypeORM would copy the table on SQLite. */
export async function addColumn(runner: QueryRunner, table: string, { name, type, default: value }: TableColumnOptions): Promise<void> {
  if (await isThere(runner, 'column', table, name)) return;
  await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type} ${value === undefined ? 'NULL' : `NOT NULL DEFAULT ${value}`}`);
}

export async function dropColumn(runner: QueryRunner, table: string, name: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
}

/** Writes a row that belongs to the schema, unless one with its key is there. */
export async function addRow(runner: QueryRunner, table: string, row: Readonly<Record<string, string | number | null>>): Promise<void> {
  const names = Object.keys(row);
  const unless = isMysql(runner) ? `ON DUPLICATE KEY UPDATE ${names[0]} = ${names[0]}` : 'ON CONFLICT DO NOTHING';
  const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ${unless}`;
  await runner.query(sql, Object.values(row));
}

const isMysql = (runner: QueryRunner): boolean => runner.dataSource.options.type === 'mysql';

const catalogs = {
  index: { view: 'statistics', column: 'index_name' },
  column: { view: 'columns', column: 'column_name' },
};

/** Whether an earlier try at this migration got as far as this part of a table. */
async function isThere(runner: QueryRunner, part: keyof typeof catalogs, table: string, name: string): Promise<boolean> {
  if (!isMysql(runner)) return false;
  const { view, column: named } = catalogs[part];
  const sql = `SELECT 1 FROM information_schema.${view} WHERE table_schema = DATABASE() AND table_name = ? AND ${named} = ? LIMIT 1`;
  return (await runner.manager.query<unknown[]>(sql, [table, name])).length > 0;
}

/** The collation that compares bytes and counts spaces at the end (`NO PAD`): its name differs between MariaDB and MySQL 8. */
async function binaryCollation(runner: QueryRunner): Promise<string> {
  const [row] = await runner.manager.query<{ version: string }[]>('SELECT VERSION() AS version');
  return /mariadb/i.test(row?.version ?? '') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}
