/**
 * A server of Foyer as far as jobs go, in a process of its own. For each order: `add` puts jobs into the outbox that nobody may take yet, as logins do,
 * a few in each transaction; `release` lets them be taken, and announces them, 500 at a time.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { jobsThatDoNothing, nothing } from './nothing.js';
import {
  createLogger,
  Database,
  jobPriorities,
  JobsRunning,
  JobsRunningModule,
  loadSettings,
  newId,
  Outbox,
  PlatformModule,
  schema,
} from './product.js';

export type ServerOrder = { readonly add: number; readonly holdMs: number } | { readonly release: true };

const settings = loadSettings(process.env);
const logger = createLogger({ logLevel: 'warn' });
class Root {}
const root = {
  module: Root,
  imports: [
    PlatformModule.forRoot({ settings, schema, logger, sweepsState: false }),
    JobsRunningModule.forRoot({ settings, role: 'server', ...jobsThatDoNothing }),
  ],
};
const app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
const database = app.get(Database);
const outbox = app.get(Outbox, { strict: false });
await app.get(JobsRunning).start();

const anHourMs = 3_600_000;
const inTransaction = 100;
const atOnce = 500;
let held: string[] = [];

async function add(count: number, holdMs: number): Promise<void> {
  const runAt = Date.now() + anHourMs;
  const provider = { identityProviderId: newId(), identityProvider: 'bench', loginId: null, priority: jobPriorities.login };
  for (let added = 0; added < count; added += inTransaction) {
    const size = Math.min(inTransaction, count - added);
    const ids = await database.transaction(async (tx) => {
      const some: string[] = [];
      for (let index = 0; index < size; index += 1)
        some.push((await outbox.add(tx, { kind: nothing, subjectId: newId(), payload: { holdMs }, runAt, ...provider })).id);
      return some;
    });
    held.push(...ids);
  }
}

async function release(): Promise<void> {
  const ids = held;
  held = [];
  await database.transaction((tx) => tx.query("UPDATE jobs SET due_at = 0 WHERE stage = 'ready'"));
  for (let first = 0; first < ids.length; first += atOnce) {
    outbox.announce(ids.slice(first, first + atOnce));
    await new Promise(setImmediate);
  }
}

process.on('message', (order: ServerOrder) => {
  const done = 'add' in order ? add(order.add, order.holdMs) : release();
  done.then(
    () => process.send?.('done'),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.send?.('ready');
