import { randomFillSync } from 'node:crypto';

/** Filled at once, because asking for a few random bytes costs as much as asking for many. */
const pool = Buffer.allocUnsafeSlow(4096);
let used = pool.length;

/** @returns random bytes from the system's generator that nobody else gets; at most 4096 */
export function pooledRandomBytes(size: number): Buffer {
  if (used + size > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const taken = Buffer.from(pool.subarray(used, used + size));
  // What was given away is not kept.
  pool.fill(0, used, used + size);
  used += size;
  return taken;
}
