import { Database, databaseTime, execute } from '@foyer/platform';

/** Lets one process of all do something. */
export class Lease {
  /** @param holder unique among all processes */
  constructor(
    private readonly database: Database,
    private readonly name: string,
    private readonly holder: string,
    private readonly leaseMs: number,
  ) {}

  /** Takes it or keeps it. @returns false when another process has it */
  async hold(): Promise<boolean> {
    const { read } = this.database;
    const [row]: { holder: string | null; remaining: number }[] = await read.query(
      `SELECT holder, lease_until - ${databaseTime(read)} AS remaining FROM job_leases WHERE name = ?`,
      [this.name],
    );
    const remaining = Number(row?.remaining ?? 0);
    if (row?.holder === this.holder && remaining > this.leaseMs / 2) return true;
    if (row?.holder !== this.holder && remaining > 0) return false;
    return this.take();
  }

  /** Lets others have it at once. */
  async release(): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query('UPDATE job_leases SET holder = NULL, lease_until = 0 WHERE name = ? AND holder = ?', [this.name, this.holder]),
    );
  }

  private async take(): Promise<boolean> {
    const taken = await this.database.transaction((tx) => {
      const now = databaseTime(tx);
      const sql = `UPDATE job_leases SET holder = ?, lease_until = ${now} + ? WHERE name = ? AND (lease_until <= ${now} OR holder = ?)`;
      return execute(tx, sql, [this.holder, this.leaseMs, this.name, this.holder]);
    });
    return taken > 0;
  }
}
