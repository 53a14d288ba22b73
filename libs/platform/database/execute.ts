import type { EntityManager } from 'typeorm';
import type { Transaction } from './database.js';

/** Runs an `INSERT`, `UPDATE` or `DELETE` and returns how many rows it met: on both databases those that match, changed or not. */
export async function execute(tx: Transaction, sql: string, parameters: readonly unknown[] = []): Promise<number> {
  if (!tx.queryRunner) throw new TypeError('execute() needs a transaction');
  const result = await tx.queryRunner.query(sql, [...parameters], true);
  return result.affected ?? 0;
}

/** The end of a `SELECT` whose rows nobody else may change before this transaction ends. On SQLite only one transaction writes anyway. */
export const forUpdate = (tx: Transaction): string => (tx.dataSource.options.type === 'mysql' ? ' FOR UPDATE' : '');

/**
 * The end of a `SELECT` that reads what is committed now, even if the transaction began before. After an insert was refused for a duplicate key,
 * it asks for no more than the lock that the insert left: `FOR UPDATE` would be a deadlock with whoever was refused at the same moment.
 */
export const forShare = (tx: Transaction): string => (tx.dataSource.options.type === 'mysql' ? ' LOCK IN SHARE MODE' : '');

/** The time of the database as an SQL expression: milliseconds since the epoch. Machines' clocks differ, the database's is one. */
export const databaseTime = (em: EntityManager): string =>
  em.dataSource.options.type === 'mysql'
    ? "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)"
    : "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";

/** As many `?` as there are values, for an `IN (…)`. */
export const places = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
