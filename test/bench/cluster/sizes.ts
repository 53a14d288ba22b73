import { printTable } from '../login/table.js';
import { kilobytes } from './costs.js';
import type { Ledger } from './ledger.js';

/** Tables with fewer rows are about the site, not about its people and their logins. */
const fewest = 100;

/** Prints what a row takes in the database, with its indexes. */
export async function printSizes(ledger: Ledger): Promise<void> {
  const rows: string[][] = [];
  const tables = await ledger.query('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1');
  for (const { name } of tables) {
    const [table] = await ledger.query(`SELECT COUNT(*) AS count FROM ${name}`);
    const count = Number(table?.['count']);
    if (count >= fewest) rows.push([String(name), String(count), kilobytes((await bytesOf(ledger, String(name))) / count)]);
  }
  console.log('\n### What is kept\n');
  printTable(['table', 'rows', 'KB a row'], rows);
}

async function bytesOf(ledger: Ledger, table: string): Promise<number> {
  await ledger.query(`ANALYZE TABLE ${table}`);
  const [size] = await ledger.query(
    'SELECT data_length + index_length AS bytes FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
    [table],
  );
  return Number(size?.['bytes']);
}
