import { expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { testDatabase } from './mariadb.js';

async function tables(url: string): Promise<number> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query('SHOW TABLES');
    return Array.isArray(rows) ? rows.length : 0;
  } finally {
    await connection.end();
  }
}

test('each database is empty, its own, and gone when dropped', async () => {
  const [one, other] = [await testDatabase(), await testDatabase()];
  const connection = await createConnection(one.url);
  await connection.query('CREATE TABLE account (id INT PRIMARY KEY)');
  await connection.end();
  expect(await tables(one.url)).toBe(1);
  expect(await tables(other.url)).toBe(0);
  await one.drop();
  await expect(tables(one.url)).rejects.toThrow(/Unknown database/);
});
