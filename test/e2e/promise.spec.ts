import { expect, test } from '@jest/globals';
import { runChaos } from '../chaos/chaos.js';
import { tableOf } from '../chaos/table.js';

const logins = Number(process.env['CHAOS_LOGINS'] ?? 2_000);
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const verbose = process.env['CHAOS_LOGINS'] !== undefined;
/** Milliseconds: far more than a login takes on a busy machine, faults and healing included. */
const patienceMs = 600_000 + logins * 150;

test(
  'every login that was answered has one account as it was said, whatever was killed, emptied, cut off or slow meanwhile',
  async () => {
    const tell = (line: string): void => void process.stderr.write(`${line}\n`);
    tell(`The promise, tried with seed ${seed}`);
    const chaos = await runChaos({ seed, logins, tell: verbose ? tell : () => undefined });
    tell(tableOf(seed, chaos));
    expect(chaos.broken.slice(0, 20)).toEqual([]);
    expect(chaos.answered).toBeGreaterThanOrEqual(logins);
  },
  patienceMs,
);
