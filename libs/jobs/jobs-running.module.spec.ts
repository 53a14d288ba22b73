import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Injectable, Module, type INestApplicationContext, type InjectionToken } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, Database, loadSettings, PlatformModule, redisUrl, type Settings } from '@foyer/platform';
import { schema } from '../../ormconfig.js';
import { testDatabase } from '../../test/support/mariadb.js';
import { TestRedis } from '../../test/support/redis.js';
import { newJob, until } from './jobs-site.conformance.js';
import { JobsModule } from './jobs.module.js';
import { JobsRunningModule } from './jobs-running.module.js';
import type { JobKind } from './kinds/job-kind.js';
import { JobKinds } from './kinds/job-kinds.js';
import { Outbox } from './outbox/outbox.js';
import type { JobHandler } from './running/job-handler.js';
import type { JobRun } from './running/job-run.js';
import { JobsRunning } from './running/jobs-running.js';
import { JobRow } from './store/job.row.js';

interface Greeting {
  readonly to: string;
}

const greeting: JobKind<Greeting> = {
  name: 'greet',
  version: 2,
  read: (stored) => {
    if (typeof stored === 'object' && stored !== null && 'to' in stored && typeof stored.to === 'string') return { to: stored.to };
    throw new TypeError('not a greeting');
  },
};

/** Whoever adds jobs builds on the outbox… */
@Injectable()
class Greetings {
  constructor(
    kinds: JobKinds,
    private readonly outbox: Outbox,
    private readonly database: Database,
  ) {
    kinds.declare(greeting);
  }

  async later(to: string): Promise<string> {
    const { id } = await this.database.transaction((tx) => this.outbox.add(tx, newJob({ kind: greeting, payload: { to } })));
    this.outbox.announce([id]);
    return id;
  }
}

/** …and whoever does them builds on that. */
@Injectable()
class GreetingHandler implements JobHandler<Greeting> {
  readonly kind = greeting;
  readonly retry = { maxAttempts: 3, baseDelayMs: 10, maxDelayMs: 10 };
  readonly greeted: string[] = [];
  hangs = false;

  constructor(readonly greetings: Greetings) {}

  async run({ payload, signal }: JobRun<Greeting>): Promise<void> {
    this.greeted.push(payload.to);
    if (this.hangs) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  }
}

@Injectable()
class SecondHandler extends GreetingHandler {}

const undeclared: JobKind<Greeting> = { ...greeting, name: 'wave' };

@Injectable()
class WavingHandler extends GreetingHandler {
  override readonly kind = undeclared;
}

const handlers = [GreetingHandler, SecondHandler, WavingHandler];

@Module({ imports: [JobsModule], providers: [Greetings, ...handlers], exports: [Greetings, ...handlers] })
class GreetingsModule {}

let folder: string;
const processes: INestApplicationContext[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-jobs-module-'));
});
afterEach(async () => {
  for (const process of processes.splice(0)) await process.close();
  await rm(folder, { recursive: true });
});

async function put(settings: Settings, role: 'server' | 'worker', with_: readonly InjectionToken[]): Promise<INestApplicationContext> {
  const logger = createLogger({ logLevel: 'silent' });
  @Module({
    imports: [
      PlatformModule.forRoot({ settings, schema, logger }),
      JobsRunningModule.forRoot({ settings, role, imports: [GreetingsModule], handlers: with_ }),
    ],
  })
  class Root {}
  return NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
}

async function started(settings: Settings, role: 'server' | 'worker' = 'server'): Promise<INestApplicationContext> {
  const process = await put(settings, role, [GreetingHandler]);
  processes.push(process);
  await process.get(JobsRunning).start();
  return process;
}

const statusOf = async (process: INestApplicationContext, id: string): Promise<string> =>
  (await process.get(Database).read.findOneByOrFail(JobRow, { id })).status;

const later = (process: INestApplicationContext, to: string): Promise<string> => process.get(Greetings, { strict: false }).later(to);
const handlerOf = (process: INestApplicationContext): GreetingHandler => process.get(GreetingHandler, { strict: false });

describe('without Redis', () => {
  const settings = (): Settings => loadSettings({ FOYER_DATA_DIR: folder });

  test('the server does the jobs, by handlers that build on those who add them', async () => {
    const server = await started(settings());
    const id = await later(server, 'Anna');
    await until('it is done', async () => (await statusOf(server, id)) === 'done');
    expect(handlerOf(server).greeted).toEqual(['Anna']);
  });

  test('what runs when the process ends is given back before the database closes', async () => {
    const server = await started(settings());
    handlerOf(server).hangs = true;
    const id = await later(server, 'Anna');
    await until('it runs', () => handlerOf(server).greeted.length === 1);
    await processes.pop()?.close();
    const again = await put(settings(), 'server', [GreetingHandler]);
    processes.push(again);
    const job = await again.get(Database).read.findOneByOrFail(JobRow, { id });
    expect(job).toMatchObject({ status: 'waiting', stage: 'ready', tries: 0, code: 'job.stopping', payloadVersion: 2 });
  }, 40_000);

  test('a payload that is none is dead at once: trying again makes no sense', async () => {
    const server = await started(settings());
    const id = await later(server, 7 as unknown as string);
    await until('it is dead', async () => (await statusOf(server, id)) === 'dead');
    const job = await server.get(Database).read.findOneByOrFail(JobRow, { id });
    expect(job).toMatchObject({ code: 'job.malformed', attempts: 1 });
    expect(handlerOf(server).greeted).toEqual([]);
  });

  test.each([
    { title: 'a kind without a handler', with_: [], says: 'No handler for jobs of the kind greet' },
    { title: 'two handlers for a kind', with_: [GreetingHandler, SecondHandler], says: 'Two handlers for jobs of the kind greet' },
    { title: 'a handler for what nobody adds', with_: [GreetingHandler, WavingHandler], says: 'kind wave, which nobody has declared' },
  ])('$title stops the start', async ({ with_, says }) => {
    await expect(put(settings(), 'server', with_)).rejects.toThrow(says);
  });
});

test('with Redis the server hands jobs over, and workers do them', async () => {
  const [redis, database] = [await TestRedis.start(), await testDatabase()];
  const env = {
    FOYER_DATA_DIR: folder,
    FOYER_DATABASE_URL: database.url,
    FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
  };
  const settings = { ...loadSettings(env), redis: redisUrl(redis.url) };
  const server = await started(settings);
  const id = await later(server, 'Ben');
  await until('Redis has it', async () => (await redis.admin.llen('{foyer}:jobs:wait')) === 1);
  const worker = await started(settings, 'worker');
  await until('it is done', async () => (await statusOf(server, id)) === 'done');
  expect(handlerOf(server).greeted).toEqual([]);
  expect(handlerOf(worker).greeted).toEqual(['Ben']);
}, 60_000);
