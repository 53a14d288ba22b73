import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AdminClient } from '../../e2e/admin-client.js';
import type { Order, Report } from '../login/load.js';
import { orderLogins } from '../login/orders.js';
import { origins, portOf } from '../login/parties.js';
import { startProcess, untilReady, type Running } from '../login/processes.js';
import { leashedFolder } from '../login/support.js';
import { complaints } from './complaints.js';
import { Ledger } from './ledger.js';
import type { Mariadb, RedisServer } from './servers.js';

/** What a cluster stands on. */
export interface Shared {
  readonly mariadb: Mariadb;
  readonly redis: RedisServer;
}

/** Where a process of Foyer is, and how it differs from the others. */
interface Place {
  readonly port: number;
  readonly dataDir: string;
  readonly core?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const adminSecret = 'the-secret-of-whoever-runs-the-benchmark';

/** Foyer as it is measured, with the identity provider and the load generator: alone in one process, or a cluster of servers and workers. */
export class BenchSite {
  private readonly folder = leashedFolder('foyer-bench-');
  /** What is ended at the end, last things first. */
  private readonly ends: (() => Promise<unknown>)[] = [];
  private readonly env: Record<string, string>;
  readonly servers: Running[] = [];
  private load: Running | undefined;
  private read: Ledger | undefined;

  /** @param settings in the shape of Foyer's YAML file @param cores to which a server, and everything else, is held */
  constructor(
    settings: object,
    private readonly cores: { readonly server?: number; readonly others?: number } = {},
  ) {
    const config = join(this.folder.path, 'foyer.json');
    writeFileSync(config, JSON.stringify(settings));
    this.env = { FOYER_PUBLIC_URL: origins.foyer, FOYER_CONFIG: config, FOYER_ADMIN_CLIENT_SECRET: adminSecret, NODE_ENV: 'production' };
  }

  /** One process, with its files. */
  async startAlone(): Promise<void> {
    await this.startServers(1);
    this.openLedger(join(this.folder.path, 'data-0', 'foyer.db'));
  }

  /** So many servers at one address, which is the first one's. */
  async startCluster({ mariadb, redis }: Shared, servers = 1): Promise<void> {
    const database = await mariadb.database('foyer');
    Object.assign(this.env, {
      FOYER_DATABASE_URL: database,
      FOYER_REDIS_URL: redis.url,
      FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
      FOYER_DRAIN_SECONDS: '0',
    });
    await this.startServers(servers);
    this.openLedger(database);
  }

  /** Of the cluster. */
  get databaseUrl(): string {
    const { FOYER_DATABASE_URL: address } = this.env;
    if (address === undefined) throw new Error('The cluster has not been started');
    return address;
  }

  get ledger(): Ledger {
    if (!this.read) throw new Error('The site has not been started');
    return this.read;
  }

  /** @throws Error when one of the logins fails */
  logIn(order: Order): Promise<Report> {
    if (!this.load) throw new Error('The site has not been started');
    return orderLogins(this.load, order);
  }

  /** @param number from 0: no two that run have the same @param env what is otherwise than at the servers */
  startWorker(number: number, env: Readonly<Record<string, string>> = {}): Promise<Running> {
    const port = portOf('workers') + number;
    return this.startFoyer('apps/worker/main.js', { port, dataDir: `data-worker-${number}`, core: this.cores.others, env });
  }

  admin(): Promise<AdminClient> {
    return AdminClient.byClientCredentials(origins.foyer, adminSecret, 'admin');
  }

  /** Ends everything, and says on stderr what its processes logged as warnings and errors: then the figures may mean something else. */
  async close(): Promise<void> {
    for (const end of this.ends.reverse()) await end();
    for (const complaint of complaints(this.folder.path)) process.stderr.write(`${complaint}\n`);
    await this.folder.remove();
  }

  /** @returns the process, which this site stops at the end if nobody has stopped it before */
  private async start(...parameters: Parameters<typeof startProcess>): Promise<Running> {
    const started = await startProcess(...parameters);
    this.ends.push(() => started.stop());
    return started;
  }

  private async startServers(count: number): Promise<void> {
    await this.start('test/bench/login/provider.js', { core: this.cores.others, ready: 'message' });
    for (let number = 0; number < count; number += 1) {
      const port = portOf('servers') + number;
      this.servers.push(await this.startFoyer('apps/server/main.js', { port, dataDir: `data-${number}`, core: this.cores.server }));
    }
    const env = { BENCH_FOYER: origins.foyer };
    this.load = await this.start('test/bench/login/load.js', { env, core: this.cores.others, ready: 'message' });
  }

  private async startFoyer(program: string, { port, dataDir, core, env: more }: Place): Promise<Running> {
    const env = { ...this.env, ...more, PORT: String(port), FOYER_DATA_DIR: join(this.folder.path, dataDir) };
    const foyer = await this.start(program, { env, core, product: true, log: join(this.folder.path, `${dataDir}.log`) });
    await untilReady(foyer, `http://127.0.0.1:${port}/health/ready`);
    return foyer;
  }

  private openLedger(address: string): void {
    const ledger = Ledger.open(address);
    this.read = ledger;
    this.ends.push(() => ledger.close());
  }
}
