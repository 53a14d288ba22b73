import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  jobPriorities,
  JobKinds,
  JobRow,
  JobsModule,
  JobsRunning,
  JobsRunningModule,
  Outbox,
  type JobHandler,
  type JobKind,
} from '@foyer/jobs';
import { createLogger, Database, loadSettings, newId, places, PlatformModule } from '@foyer/platform';
import { FoyerProcess } from '../../apps/demo/foyer-process.js';
import { freePorts } from '../../apps/demo/ports.js';
import { schema } from '../../ormconfig.js';
import { build } from '../../scripts/build.mjs';
import { parseObject } from './admin-client.js';
import type { LogLine } from './site.js';

/** What `test/support/scripted-worker.mjs` does. */
export interface Script {
  /** Milliseconds that each attempt takes. */
  readonly holdMs?: number;
  /** Milliseconds that the first attempt takes. */
  readonly holdFirstMs?: number;
  readonly failFirst?: boolean;
  /** An identity provider whose display name, as the worker knows it, is written down. */
  readonly lookAt?: string;
}

const scripted: JobKind<Script> = { name: 'scripted', version: 1, read: () => ({}) };

@Injectable()
class NoHandler implements JobHandler<Script> {
  readonly kind = scripted;
  readonly retry = { maxAttempts: 10, baseDelayMs: 50, maxDelayMs: 500 };

  constructor(kinds: JobKinds) {
    kinds.declare(scripted);
  }

  run(): Promise<void> {
    throw new Error('A server does no jobs');
  }
}

@Module({ imports: [JobsModule], providers: [NoHandler], exports: [NoHandler] })
class ScriptedModule {}

export interface Effect {
  readonly job_id: string;
  readonly worker: string;
  readonly seen: string | null;
}

/** What a server of a cluster does with jobs, in this process: adds them and hands them over. */
export class ScriptedJobs {
  private constructor(
    private readonly app: INestApplicationContext,
    private readonly folder: string,
    readonly database: Database,
  ) {}

  /** @param env the variables of the cluster */
  static async open(env: Readonly<Record<string, string>>): Promise<ScriptedJobs> {
    const folder = mkdtempSync(join(tmpdir(), 'foyer-scripted-jobs-'));
    const settings = loadSettings({ ...env, FOYER_DATA_DIR: folder });
    @Module({
      imports: [
        PlatformModule.forRoot({ settings, schema, logger: createLogger({ logLevel: 'silent' }), sweepsState: false }),
        JobsRunningModule.forRoot({ settings, role: 'server', imports: [ScriptedModule], handlers: [NoHandler] }),
      ],
    })
    class Root {}
    const app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
    const database = app.get(Database);
    await database.transaction((tx) =>
      tx.query('CREATE TABLE IF NOT EXISTS effects (job_id VARCHAR(36), worker VARCHAR(100), seen VARCHAR(255) NULL)'),
    );
    await app.get(JobsRunning).start();
    return new ScriptedJobs(app, folder, database);
  }

  async close(): Promise<void> {
    await this.app.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Each of another person, unless told whose. @returns their ids */
  async add(scripts: readonly Script[], subjectId?: string): Promise<string[]> {
    const outbox = this.app.get(Outbox, { strict: false });
    const ids = await this.database.transaction(async (tx) => {
      const added: string[] = [];
      for (const payload of scripts) added.push((await outbox.add(tx, { ...about(subjectId), kind: scripted, payload })).id);
      return added;
    });
    outbox.announce(ids);
    return ids;
  }

  job(id: string): Promise<JobRow> {
    return this.database.read.findOneByOrFail(JobRow, { id });
  }

  /** How many of the jobs are in which status. */
  async statuses(ids: readonly string[]): Promise<Readonly<Record<string, number>>> {
    const sql = `SELECT status, COUNT(*) AS count FROM jobs WHERE id IN (${places(ids)}) GROUP BY status`;
    const rows = await this.database.read.query<{ status: string; count: number }[]>(sql, [...ids]);
    return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
  }

  effects(): Promise<Effect[]> {
    return this.database.read.query<Effect[]>('SELECT job_id, worker, seen FROM effects');
  }
}

const about = (subjectId = newId()) => ({
  subjectId,
  identityProviderId: newId(),
  identityProvider: 'acme',
  loginId: null,
  priority: jobPriorities.login,
});

/** A worker in a process of its own, with its log. */
export class WorkerProcess {
  private constructor(
    private process: FoyerProcess,
    private readonly start: () => FoyerProcess,
    private readonly folder: string,
  ) {}

  /** @param program the product's worker unless told, such as `scripted` */
  static async start(env: Readonly<Record<string, string>>, program?: 'scripted'): Promise<WorkerProcess> {
    if (!build()) throw new Error('The build failed');
    const folder = mkdtempSync(join(tmpdir(), 'foyer-worker-'));
    const root = join(import.meta.dirname, '../..');
    const options = {
      ...{ port: await freePorts(), dataDir: join(folder, 'data'), logFile: join(folder, 'worker.log'), env },
      program: join(root, program === 'scripted' ? 'test/support/scripted-worker.mjs' : 'dist/apps/worker/main.js'),
    };
    const start = (): FoyerProcess => FoyerProcess.start(options);
    const worker = new WorkerProcess(start(), start, folder);
    await worker.process.ready();
    return worker;
  }

  get url(): string {
    return this.process.url;
  }

  /** How it ended. */
  get exit(): string {
    return this.process.exit;
  }

  crash(): Promise<void> {
    return this.process.kill();
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  async startAgain(): Promise<void> {
    this.process = this.start();
    await this.process.ready();
  }

  async close(): Promise<void> {
    await this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  log(): LogLine[] {
    const lines = readFileSync(join(this.folder, 'worker.log'), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map(parseObject);
  }
}
