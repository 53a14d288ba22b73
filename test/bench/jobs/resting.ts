import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '../login/processes.js';
import { printTable } from '../login/table.js';
import { ask, type NothingSite } from './nothing-site.js';

const waiting = 2_000;

/** What a job takes in Redis that nobody has come for. */
export async function memory({ services }: NothingSite, server: Running): Promise<void> {
  await services.clear();
  await services.emptyRedis();
  await ask(server, { add: waiting, holdMs: 0 });
  const before = await services.redisMemory();
  await ask(server, { release: true });
  while ((await services.handed()) < waiting) await delay(20);
  const bytes = Math.round(((await services.redisMemory()) - before) / waiting);
  console.log(`\n### Redis' memory\n\n${bytes} bytes for a job that waits there, of ${waiting} handed over up to 500 at a time.`);
}

/** What a server and a worker ask for while there is nothing to do. @param seconds as long they are watched, after they had as long to come to rest */
export async function idle(site: NothingSite, seconds: number): Promise<void> {
  const { services } = site;
  await services.clear();
  const rows: string[][] = [];
  for (const workers of [0, 1]) {
    await site.withWorkers(workers);
    await delay(seconds * 1000);
    const [statements, commands] = [await services.statements(), await services.commands()];
    await delay(seconds * 1000);
    const perSecond = (after: number, before: number): string => ((after - before) / seconds).toFixed(2);
    // Asking Redis is a command itself.
    const [then, since] = [await services.statements(), (await services.commands()) - 1];
    rows.push([workers === 0 ? 'a server' : 'a server and a worker', perSecond(then, statements), perSecond(since, commands)]);
  }
  console.log(`\n### Idle\n\nWhat is asked for in a second while there are no jobs, over ${seconds} s.\n`);
  printTable(['', 'statements', 'Redis commands'], rows);
}
