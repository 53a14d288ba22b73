/** Jobs that do nothing, or wait for as long as a store would take: what is measured is how they get done, not what they do. */
import type { JobHandler, JobKind } from '@foyer/jobs';
import { JobKinds, JobsModule } from './product.js';
import { setTimeout as delay } from 'node:timers/promises';

export interface Nothing {
  /** Milliseconds. */
  readonly holdMs: number;
}

export const nothing: JobKind<Nothing> = { name: 'nothing', version: 1, read: (stored) => stored as Nothing };

class NothingHandler implements JobHandler<Nothing> {
  readonly kind = nothing;
  readonly retry = { maxAttempts: 10, baseDelayMs: 100, maxDelayMs: 1_000 };

  async run({ payload }: { readonly payload: Nothing }): Promise<void> {
    if (payload.holdMs > 0) await delay(payload.holdMs);
  }
}

class NothingModule {}

const provider = {
  provide: NothingHandler,
  inject: [JobKinds],
  useFactory: (kinds: InstanceType<typeof JobKinds>) => {
    kinds.declare(nothing);
    return new NothingHandler();
  },
};

/** For a worker, and for a server. */
export const jobsThatDoNothing = {
  imports: [{ module: NothingModule, imports: [JobsModule], providers: [provider], exports: [NothingHandler] }],
  handlers: [NothingHandler],
};
