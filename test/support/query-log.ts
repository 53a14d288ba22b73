import { DataSource, type Logger } from 'typeorm';
import type { Database } from '@foyer/platform';

/** A statement as it was executed. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * How a database finds rows: `search` by an index; `walk` through an index that has all that is asked, without the rows; `scan` of the rows of a
 * table, in whatever order; `sort` of what was found.
 */
export type Access = 'search' | 'walk' | 'scan' | 'sort';

export interface PlanStep {
  readonly access: Access;
  /** The step in the words of the database, and the statement. */
  readonly text: string;
}

/** Writes down what is executed on a database, at the last moment before it goes to the driver. */
export class QueryLog implements Logger {
  private statements: Statement[] = [];

  constructor(
    private readonly database: Database,
    sources: readonly DataSource[],
  ) {
    for (const source of sources) source.setOptions({ logger: this, logging: true });
  }

  /** The statements that read or change rows while `work` runs, each text once. */
  async during(work: () => Promise<unknown>): Promise<Statement[]> {
    this.statements = [];
    await work();
    const seen = this.statements.filter(({ sql }) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i.test(sql));
    return [...new Map(seen.map((statement) => [statement.sql, statement])).values()];
  }

  /** What the database would do for a statement. An `INSERT` of values looks for nothing. */
  async explain({ sql, parameters }: Statement): Promise<PlanStep[]> {
    if (/^\s*INSERT\b[^;]*\bVALUES\b/i.test(sql)) return [];
    const described = (step: { access: Access; detail: string }): PlanStep => ({ access: step.access, text: `${step.detail} | ${sql}` });
    if (this.database.dialect === 'mysql') {
      const rows: MysqlStep[] = await this.database.read.query(`EXPLAIN ${sql}`, [...parameters]);
      return rows.flatMap(mysqlSteps).map(described);
    }
    const rows: { detail: string }[] = await this.database.read.query(`EXPLAIN QUERY PLAN ${sql}`, [...parameters]);
    return rows.flatMap(({ detail }) => sqliteStep(detail)).map(described);
  }

  logQuery(sql: string, parameters: readonly unknown[] = []): void {
    this.statements.push({ sql, parameters });
  }
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

/** https://www.sqlite.org/eqp.html */
function sqliteStep(detail: string): { access: Access; detail: string }[] {
  if (detail.startsWith('SEARCH')) return [{ access: detail.includes('AUTOMATIC') ? 'scan' : 'search', detail }];
  if (detail.startsWith('USE TEMP B-TREE')) return [{ access: 'sort', detail }];
  if (/^SCAN (CONSTANT ROW|\d+)/.test(detail)) return [];
  if (detail.startsWith('SCAN')) return [{ access: detail.includes(' USING COVERING INDEX ') ? 'walk' : 'scan', detail }];
  return [];
}

interface MysqlStep {
  readonly table: string | null;
  readonly type: string | null;
  readonly key: string | null;
  readonly Extra: string | null;
}

/** https://mariadb.com/docs/server/reference/sql-statements/administrative-sql-statements/analyze-and-explain-statements/explain */
function mysqlSteps({ table, type, key, Extra: extra }: MysqlStep): { access: Access; detail: string }[] {
  const detail = `${table} ${type} ${key} (${extra ?? ''})`;
  const sort = /Using (filesort|temporary)/.test(extra ?? '') ? [{ access: 'sort' as const, detail }] : [];
  // Without a type there is no table left to read: the optimizer has looked up the row of a unique key already, or knows that there is none.
  if (type === null) return sort;
  // What a subquery found, not a table.
  if (table?.startsWith('<')) return sort;
  return [
    { access: type === 'ALL' ? 'scan' : type !== 'index' ? 'search' : /Using index(;|$)/.test(extra ?? '') ? 'walk' : 'scan', detail },
    ...sort,
  ];
}
