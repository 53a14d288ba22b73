/**
 * Bare Bull, in a process of its own: as `BARE_ROLE` says it adds jobs with a payload of ids, 500 at a time, or does nothing for each, eight at the same
 * time. An order is how many; the answer comes when they have been added, or were completed.
 */
import Bull from 'bull';
import { randomUUID } from 'node:crypto';

const queue = new Bull<{ id: string }>('bare', process.env.BENCH_REDIS_URL ?? '', {
  prefix: '{bare}',
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
});
await queue.isReady();
const atOnce = 500;

async function add(count: number): Promise<void> {
  for (let added = 0; added < count; added += atOnce) {
    const size = Math.min(atOnce, count - added);
    await queue.addBulk(Array.from({ length: size }, () => ({ data: { id: randomUUID() } })));
  }
}

let wanted = 0;
let completed = 0;

if (process.env.BARE_ROLE === 'worker') {
  queue.on('completed', () => {
    completed += 1;
    if (completed === wanted) process.send?.('done');
  });
  void queue.process(8, async () => undefined);
}

process.on('message', ({ count }: { readonly count: number }) => {
  if (process.env.BARE_ROLE === 'worker') [wanted, completed] = [count, 0];
  else void add(count).then(() => process.send?.('done'));
});
process.once('SIGTERM', () => process.exit(0));
process.send?.('ready');
