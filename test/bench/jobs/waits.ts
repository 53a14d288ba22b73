import { printTable, quantile } from '../login/table.js';
import { describe, type Place } from './backlogs.js';
import { wayTo, type RealSite } from './real-site.js';

interface Order {
  readonly workers: number;
  readonly concurrency: number;
  /** How many people log in in a second, and where their accounts are. */
  readonly paces: readonly { readonly place: Place; readonly perSecond: number }[];
  /** For so long. */
  readonly seconds: number;
  /** Milliseconds that each answer of the store elsewhere takes. */
  readonly answerMs: number;
}

/** How long it takes from a login to the account, while people arrive at a steady pace. */
export async function waits(site: RealSite, { workers, concurrency, paces, seconds, answerMs }: Order): Promise<void> {
  await site.withWorkers(workers, concurrency);
  const rows: string[][] = [];
  for (const { place, perSecond } of paces) {
    if (place === 'elsewhere') site.store.slowDown(answerMs);
    const since = Date.now();
    const { durations } = await site.logIn(place, { logins: perSecond * seconds, perSecond, prefix: `pace-${perSecond}` });
    await site.foyer.ledger.drained();
    site.store.slowDown(0);
    const took = await site.foyer.ledger.waits(wayTo[place], since);
    const at = (values: readonly number[]): string[] => [0.5, 0.99].map((q) => quantile(values, q).toFixed(0));
    rows.push([describe(place, answerMs), String(perSecond), String(took.length), ...at(durations), ...at(took)]);
    process.stderr.write(`${perSecond} logins a second, ${place}: p50 ${quantile(took, 0.5)} ms from login to account\n`);
  }
  console.log('\n### From login to account\n');
  console.log(
    `Non-blocking first logins that begin at a steady pace for ${seconds} s, and ${workers} workers of ${concurrency} jobs at a time: what a person waits, ` +
      'and from when the login is committed until the account is there and its job done, in ms.\n',
  );
  printTable(['accounts are', 'logins/s', 'jobs', 'login p50', 'p99', 'to account p50', 'p99'], rows);
}
