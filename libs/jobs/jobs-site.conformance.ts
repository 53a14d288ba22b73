import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger, Database, Metrics, newId, Vault, type Logger, type Schema, type Transaction } from '@foyer/platform';
import type { JobDriver } from './drivers/driver.js';
import { LocalJobEvents } from './events/local-job-events.js';
import type { JobKind } from './kinds/job-kind.js';
import { JobKinds } from './kinds/job-kinds.js';
import { JobAnnouncements } from './outbox/job-announcements.js';
import { jobPriorities, type AddedJob, type NewJob } from './outbox/new-job.js';
import { Outbox } from './outbox/outbox.js';
import type { JobHandler } from './running/job-handler.js';
import { JobHandlers } from './running/job-handlers.js';
import { JobMetrics } from './running/job-metrics.js';
import type { JobRun } from './running/job-run.js';
import { JobRunner } from './running/job-runner.js';
import type { ClaimedJob } from './store/claimed-job.js';
import { JobEndings } from './store/job-endings.js';
import { JobRow } from './store/job.row.js';
import { JobAttemptRow } from './store/job-attempt.row.js';
import { JobStore } from './store/job-store.js';
import { JobSubjectRow } from './subjects/job-subject.row.js';
import { JobSubjects } from './subjects/job-subjects.js';

/** Waits until something holds, and fails when it does not for twenty seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 20_000): Promise<void> {
  for (const deadline = performance.now() + patienceMs; !(await holds()); await delay(5)) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
  }
}

const scripted = new Map<string, JobKind<unknown>>();

/** The kind of this name, whose payloads may be anything. */
export function kindOf(name: string): JobKind<unknown> {
  const kind = scripted.get(name) ?? { name, version: 1, read: (stored) => stored };
  scripted.set(name, kind);
  return kind;
}

/** A handler that does what a test says. */
export class ScriptedHandler implements JobHandler {
  /** Hours: it is a test that says when a job is tried again. */
  readonly retry = { maxAttempts: 3, baseDelayMs: 36_000_000, maxDelayMs: 36_000_000 };
  readonly runs: { readonly id: string; readonly payload: unknown; readonly worker: string }[] = [];
  readonly kind: JobKind<unknown>;

  constructor(
    kind: string | JobKind<unknown> = 'provision',
    public script: (run: JobRun) => Promise<void> = async () => undefined,
  ) {
    this.kind = typeof kind === 'string' ? kindOf(kind) : kind;
  }

  async run(run: JobRun): Promise<void> {
    this.runs.push({ id: run.job.id, payload: run.payload, worker: run.job.worker });
    await this.script(run);
  }

  isFinal(error: unknown): boolean {
    return error instanceof RangeError;
  }
}

/** What a process that has jobs is made of, without Nest. */
export interface JobsProcess {
  readonly store: JobStore;
  readonly endings: JobEndings;
  readonly handlers: JobHandlers;
  readonly runner: JobRunner;
  readonly outbox: Outbox;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Every line of the log. */
  readonly lines: Record<string, unknown>[];
}

export interface ProcessOptions {
  readonly handlers?: readonly JobHandler[];
  readonly leaseMs?: number;
  readonly concurrency?: number;
  readonly secretKey?: Buffer;
  readonly driver?: Pick<JobDriver, 'announce'>;
  readonly database?: Database;
}

/** A database with the tables of jobs, and processes that work on it. */
export class JobsSite {
  readonly secretKey = randomBytes(32);
  readonly events = new LocalJobEvents();
  /** Of what ends jobs that wait, in any process of the site. */
  readonly metrics = new Metrics();
  readonly subjects = new JobSubjects(this.events, new JobMetrics(this.metrics));
  private readonly connections: Database[] = [];

  private constructor(
    readonly database: Database,
    readonly url: string,
    private readonly schema: Schema,
    private readonly folder: string,
  ) {}

  /** @param mysqlUrl an empty database; SQLite without one */
  static async open(schema: Schema, mysqlUrl?: string): Promise<JobsSite> {
    const folder = await mkdtemp(join(tmpdir(), 'foyer-jobs-'));
    const url = mysqlUrl ?? `sqlite:${join(folder, 'foyer.db')}`;
    const database = await Database.connect(url, schema);
    await database.migrate();
    return new JobsSite(database, url, schema, folder);
  }

  async close(): Promise<void> {
    for (const connection of this.connections) await connection.close();
    await this.database.close();
    await rm(this.folder, { recursive: true });
  }

  /** Another process's connection to the same database. SQLite has one process. */
  async connect(url = this.url): Promise<Database> {
    if (this.database.dialect === 'sqlite') return this.database;
    const connection = await Database.connect(url, this.schema);
    this.connections.push(connection);
    return connection;
  }

  async empty(): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const table of ['jobs', 'job_attempts', 'job_subjects', 'job_pauses']) await tx.query(`DELETE FROM ${table}`);
    });
  }

  process({
    handlers = [new ScriptedHandler()],
    leaseMs = 30_000,
    concurrency = 8,
    secretKey,
    driver,
    database,
  }: ProcessOptions = {}): JobsProcess {
    const lines: Record<string, unknown>[] = [];
    const write = (text: string): unknown => lines.push(JSON.parse(text) as Record<string, unknown>);
    const logger = createLogger({ logLevel: 'debug' }, { write: (text: string) => void write(text) });
    const own = database ?? this.database;
    const vault = new Vault(secretKey ?? this.secretKey);
    const store = new JobStore(own, this.subjects, { leaseMs });
    const endings = new JobEndings(this.subjects);
    const kinds = new JobKinds();
    for (const { kind } of handlers) kinds.declare(kind);
    const known = new JobHandlers(handlers, kinds);
    known.onModuleInit();
    const metrics = new Metrics();
    const runner = new JobRunner(own, store, endings, known, vault, new JobMetrics(metrics), this.events, { leaseMs, concurrency }, logger);
    const announcements = new JobAnnouncements();
    announcements.onAnnounced((ids, inMs) => driver?.announce(ids, inMs));
    const outbox = new Outbox(this.subjects, kinds, vault, announcements);
    return { store, endings, handlers: known, runner, outbox, logger, metrics, lines };
  }

  add(process: JobsProcess, more: Partial<NewJob> = {}): Promise<AddedJob> {
    return this.database.transaction((tx) => process.outbox.add(tx, newJob(more)));
  }

  async job(id: string): Promise<JobRow> {
    return this.database.read.findOneByOrFail(JobRow, { id });
  }

  async statusOf(id: string): Promise<string> {
    return (await this.job(id)).status;
  }

  attempts(jobId: string): Promise<JobAttemptRow[]> {
    return this.database.read.find(JobAttemptRow, { where: { jobId }, order: { number: 'ASC' } });
  }

  subject(subjectId: string): Promise<JobSubjectRow> {
    return this.database.read.findOneByOrFail(JobSubjectRow, { subjectId });
  }

  /** Claims everything that is due and ends it as handlers say, until there is nothing more. @returns the ids in the order of their runs */
  async workOff(process: JobsProcess): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const claimed = await process.store.claim(process.runner.worker, { kinds: process.handlers.kinds, limit: 1 });
      if (claimed.length === 0) return ids;
      ids.push(...claimed.map(({ id }) => id));
      for (const job of claimed) await process.runner.run(job);
    }
  }

  async claimOne(process: JobsProcess): Promise<ClaimedJob> {
    const [claimed] = await process.store.claim(process.runner.worker, { kinds: process.handlers.kinds, limit: 1 });
    if (!claimed) throw new Error('Nothing to claim');
    return claimed;
  }

  /** As if its time had come: of a job that waits, to be tried; of one that runs, to be given to another worker. */
  makeDue(id: string): Promise<void> {
    return this.database.transaction((tx: Transaction) => tx.query('UPDATE jobs SET due_at = 0 WHERE id = ?', [id]));
  }
}

export const newJob = (more: Partial<NewJob> = {}): NewJob => ({
  kind: kindOf('provision'),
  subjectId: newId(),
  identityProviderId: '0190a000-0000-7000-8000-000000000001',
  identityProvider: 'acme',
  loginId: newId(),
  priority: jobPriorities.login,
  payload: { email: 'anna@acme.example' },
  ...more,
});
