import { TcpProxy } from '../../support/tcp-proxy.js';
import { Meters } from '../cluster/meters.js';
import { startMariadb, startRedis } from '../cluster/servers.js';
import { settingsFor, type Way } from '../cluster/settings.js';
import { BenchSite } from '../cluster/site.js';
import type { Order } from '../login/load.js';
import { origins } from '../login/parties.js';
import type { Running } from '../login/processes.js';
import type { Place } from './backlogs.js';

/** Logins that make new processes about as quick as they get. */
const warmLogins = 200;

/** The identity provider whose people have their accounts there. */
export const wayTo: Readonly<Record<Place, Way>> = { own: 'non-blocking', elsewhere: 'outside' };

/** A server and workers of Foyer as it is, on one MariaDB and one Redis, with a store elsewhere behind a proxy that lets answers wait when told to. */
export class RealSite {
  /** Of the workers that run. */
  private concurrency = 0;

  private constructor(
    readonly foyer: BenchSite,
    readonly meters: Meters,
    readonly store: TcpProxy,
    private readonly workersDatabase: string,
    private readonly ends: readonly (() => Promise<unknown>)[],
  ) {}

  static async start(): Promise<RealSite> {
    const [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
    const outside = await mariadb.database('outside');
    const store = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(outside).port) });
    const foyer = new BenchSite(settingsFor(store.inFrontOf(outside)));
    await foyer.startCluster({ mariadb, redis });
    const meters = new Meters({ mariadb, redis }, foyer.ledger, foyer.servers, []);
    const ends = [() => foyer.close(), () => store.close(), () => redis.stop(), () => mariadb.stop()];
    return new RealSite(foyer, meters, store, await mariadb.forWorkers(foyer.databaseUrl), ends);
  }

  /** So many workers, each of which does so many jobs at the same time, and has done some when this resolves. */
  async withWorkers(count: number, concurrency: number): Promise<void> {
    const { workers } = this.meters;
    const keep = concurrency === this.concurrency ? count : 0;
    this.concurrency = concurrency;
    await Promise.all(workers.splice(keep).map((worker) => worker.stop()));
    if (workers.length === count) return;
    while (workers.length < count) workers.push(await this.startWorker(workers.length, concurrency));
    for (const place of ['own', 'elsewhere'] as const)
      await this.logIn(place, { logins: warmLogins, prefix: `warm-${count}-${concurrency}` });
    await this.foyer.ledger.drained();
  }

  /** First logins of people whose accounts are there. */
  logIn(place: Place, order: Pick<Order, 'logins' | 'prefix' | 'perSecond'>): ReturnType<BenchSite['logIn']> {
    const client = wayTo[place];
    return this.foyer.logIn({ ...order, origin: origins.foyer, client, concurrency: 16, prefix: `${place}-${order.prefix}-`, from: 0 });
  }

  async close(): Promise<void> {
    for (const end of this.ends) await end();
  }

  private startWorker(number: number, concurrency: number): Promise<Running> {
    return this.foyer.startWorker(number, { FOYER_JOB_CONCURRENCY: String(concurrency), FOYER_DATABASE_URL: this.workersDatabase });
  }
}
