import { Backlogs, printShares, type Place, type Sample } from './backlogs.js';
import { wayTo, type RealSite } from './real-site.js';

export interface BacklogOrder {
  readonly workers: readonly number[];
  readonly concurrency: number;
  /** Jobs of each backlog. */
  readonly jobs: Readonly<Record<Place, number>>;
  /** Milliseconds. */
  readonly answerMs: number;
}

/** How fast workers create accounts for which people do not wait, in Foyer's own database and in a store that takes its time. */
export async function backlogs(site: RealSite, { workers, concurrency, jobs, answerMs }: BacklogOrder): Promise<void> {
  await site.withWorkers(1, 1);
  const alone = await workOff(site, 'own', { jobs: jobs.own, name: 'alone' });
  const found = new Backlogs(answerMs);
  for (const count of workers) {
    await site.withWorkers(count, concurrency);
    for (const place of ['own', 'elsewhere'] as const) {
      if (place === 'elsewhere') site.store.slowDown(answerMs);
      found.add({ place, workers: count }, await workOff(site, place, { jobs: jobs[place], name: String(count) }));
      site.store.slowDown(0);
    }
  }
  found.print(concurrency);
  printShares(alone);
}

/** Logins while their lane is paused, then the workers from the moment on at which it is resumed. */
async function workOff(site: RealSite, place: Place, { jobs, name }: { jobs: number; name: string }): Promise<Sample> {
  const admin = await site.foyer.admin();
  const lane = `idp:${wayTo[place]}`;
  await admin.request('POST', '/jobs/pauses', { lane });
  await site.logIn(place, { logins: jobs, prefix: `backlog-${name}` });
  const { etag } = await admin.request('GET', `/jobs/pauses/${lane}`);
  const began = performance.now();
  const cost = await site.meters.during(async () => {
    await admin.request('DELETE', `/jobs/pauses/${lane}`, undefined, etag);
    await site.foyer.ledger.drained();
  }, jobs);
  const perSecond = (1000 * jobs) / (performance.now() - began);
  process.stderr.write(`${site.meters.workers.length} workers, ${place}: ${perSecond.toFixed(1)} jobs/s\n`);
  return { jobs, cost, perSecond };
}
