import { setTimeout as delay } from 'node:timers/promises';
import type { JobDepth, JobDepths } from '@foyer/jobs';
import type { Terminal } from '../terminal.js';

/** Milliseconds between two looks, at least. */
const everyMs = 500;
/** Of its time the database spends at most one part in so many on being asked. */
const share = 20;
/** Milliseconds without any progress after which it is said what may be missing. */
const stillMs = 30_000;

export interface Drained {
  /** Whether nothing waits or runs any more. */
  readonly drained: boolean;
  readonly depth: JobDepth;
}

/** Waits until no job waits or runs, or until it is stopped or its time is over. Tells on standard error how far it is. @param timeoutMs for ever, unless given */
export async function drain(
  depths: Pick<JobDepths, 'read'>,
  { err, stopped }: Pick<Terminal, 'err' | 'stopped'>,
  timeoutMs = Number.POSITIVE_INFINITY,
): Promise<Drained> {
  const progress = new Progress(err);
  const deadline = performance.now() + timeoutMs;
  let isStopped = false;
  const stop = stopped().then(() => (isStopped = true));
  for (;;) {
    const asked = performance.now();
    const depth = await depths.read();
    const cost = performance.now() - asked;
    if (openIn(depth) === 0) return { drained: true, depth };
    progress.tell(depth);
    if (isStopped || performance.now() >= deadline) return { drained: false, depth };
    await Promise.race([delay(Math.min(Math.max(everyMs, cost * share), deadline - performance.now())), stop]);
  }
}

const openIn = ({ waiting, running }: JobDepth): number => running + Object.values(waiting).reduce((sum, count) => sum + count, 0);

export function depthAsText({ waiting, running, dead }: JobDepth): string {
  const { worker, time, turn, lane } = waiting;
  const reasons = [`${worker} for a worker`, `${time} for their time`, `${turn} for their turn`, `${lane} for a paused lane`];
  return `${worker + time + turn + lane} waiting (${reasons.join(', ')}), ${running} running, ${dead} dead`;
}

/** Says what changed, and once what keeps jobs from being done. */
class Progress {
  private told = '';
  private changedAt = performance.now();
  private saidPaused = false;
  private saidStill = false;

  constructor(private readonly err: (text: string) => void) {}

  tell(depth: JobDepth): void {
    const text = depthAsText(depth);
    const now = performance.now();
    if (text !== this.told) {
      this.err(`${text}\n`);
      this.told = text;
      this.changedAt = now;
    }
    if (depth.waiting.lane > 0 && !this.saidPaused) {
      this.err('Those of a paused lane wait until it is resumed: foyer jobs pause lists the lanes.\n');
      this.saidPaused = true;
    }
    if (now - this.changedAt > stillMs && depth.running === 0 && !this.saidStill) {
      this.err('Nothing was done for 30 seconds: does a server or a worker run?\n');
      this.saidStill = true;
    }
  }
}
