// Foyer's worker of its modules, with jobs of its own: each does what its payload says, and leaves a row in the table `effects`, in one transaction
// with its end.
import { setTimeout as delay } from 'node:timers/promises';

const built = (path) => import(new URL(`../../.cache/modules/${path}`, import.meta.url).href);
const { work } = await built('apps/worker/work.js');
const { IdentityProviders, IdentityProvidersModule } = await built('libs/identity-providers/index.js');
const { JobKinds, JobsModule } = await built('libs/jobs/index.js');
const { Database, runProcess } = await built('libs/platform/index.js');

class ScriptedHandler {
  kind = { name: 'scripted', version: Number(process.env.SCRIPTED_VERSION ?? 1), read: (stored) => stored };
  retry = { maxAttempts: 10, baseDelayMs: 50, maxDelayMs: 500 };

  constructor(kinds, database, identityProviders) {
    this.database = database;
    this.identityProviders = identityProviders;
    kinds.declare(this.kind);
  }

  async run(run) {
    const { holdMs = 0, holdFirstMs = 0, lookAt, failFirst = false } = run.payload;
    const wait = run.job.attempt === 1 ? Math.max(holdMs, holdFirstMs) : holdMs;
    if (wait > 0) await delay(wait, undefined, { signal: run.signal });
    if (failFirst && run.job.attempt === 1) throw new Error('The first attempt is to fail');
    const seen = lookAt === undefined ? null : (this.identityProviders.byName(lookAt)?.displayName ?? null);
    await this.database.transaction(async (tx) => {
      await run.guard(tx);
      await tx.query('INSERT INTO effects (job_id, worker, seen) VALUES (?, ?, ?)', [run.job.id, run.job.worker, seen]);
      await run.complete(tx);
    });
  }
}

const scripted = {
  module: class ScriptedModule {},
  imports: [JobsModule, IdentityProvidersModule],
  providers: [
    {
      provide: ScriptedHandler,
      inject: [JobKinds, Database, IdentityProviders],
      useFactory: (...parts) => new ScriptedHandler(...parts),
    },
  ],
  exports: [ScriptedHandler],
};

await runProcess((settings, logger) => work(settings, logger, { imports: [scripted], handlers: [ScriptedHandler] }));
