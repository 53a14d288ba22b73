import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import type { RunningFoyer, StartFoyer } from '../demo.js';
import { FoyerProcess, projectRoot, type FoyerOptions } from '../foyer-process.js';
import { freePorts } from '../ports.js';
import { RoundRobin } from '../round-robin.js';

/** A server of a database or of Redis that was started for us. */
export interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts what a cluster shares, empty, on ports of its own. */
export interface Services {
  startMariadb(): Promise<Service>;
  startRedis(): Promise<Service>;
}

/** A process of the cluster, with its name. */
export interface Member {
  readonly name: string;
  readonly process: FoyerProcess;
}

const names = { server: ['server-1', 'server-2'], worker: ['worker-1', 'worker-2'] } as const;
/** Milliseconds: soon enough for somebody who ends a server to see that nobody notices. */
const checkEveryMs = 200;
const patienceMs = 10_000;

/** Two servers behind a proxy, and two workers, on one MariaDB and one Redis. */
export class FoyerCluster implements RunningFoyer {
  readonly ended: Promise<void>;

  private constructor(
    private readonly proxy: RoundRobin,
    readonly members: readonly Member[],
  ) {
    // Of two that do the same, one may go: that is what there are two for.
    const allOf = (kind: keyof typeof names): Promise<unknown> =>
      Promise.all(members.filter(({ name }) => name.startsWith(kind)).map((member) => member.process.ended));
    this.ended = Promise.race([allOf('server'), allOf('worker')]).then(() => undefined);
  }

  static startOn =
    (services: Services): StartFoyer =>
    async ({ port, dataDir, env }, keep) => {
      const [mariadb, redis] = [await services.startMariadb(), await services.startRedis()];
      for (const service of [mariadb, redis]) keep({ close: () => service.stop() });
      const shared = { FOYER_DATABASE_URL: await createDatabase(mariadb.url), FOYER_REDIS_URL: redis.url, ...env };
      const proxy = await RoundRobin.start({ port, checkEveryMs });
      keep(proxy);
      const ports = await freePorts(4);
      const cluster = {
        ...shared,
        FOYER_PUBLIC_URL: proxy.url,
        FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
        FOYER_DRAIN_SECONDS: '1',
        DEMO_JIT_MODE: 'nonBlocking',
      };
      const members = [...names.server, ...names.worker].map((name, index) =>
        startMember(name, { port: ports + index, dataDir, env: cluster }),
      );
      proxy.servers = [ports, ports + 1];
      return new FoyerCluster(proxy, members);
    };

  get url(): string {
    return this.proxy.url;
  }

  get output(): string {
    return this.members.map(({ name, process }) => `--- ${name}\n${process.output}`).join('\n');
  }

  get exit(): string {
    return this.members.flatMap(({ name, process }) => (process.running ? [] : [`${name}: ${process.exit}`])).join(', ');
  }

  async ready(): Promise<void> {
    await Promise.all(this.members.map((member) => member.process.ready()));
    // The proxy asks for itself, a moment later.
    for (
      const deadline = Date.now() + patienceMs;
      !this.proxy.servers.every((port) => this.proxy.uses(port));
      await delay(checkEveryMs / 4)
    ) {
      if (Date.now() > deadline) throw new Error(`The proxy finds no servers:\n${this.output}`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.process.stop()));
  }
}

function startMember(name: string, options: FoyerOptions): Member {
  const [kind = ''] = name.split('-');
  const program = join(projectRoot(), 'dist/apps', kind, 'main.js');
  return { name, process: FoyerProcess.start({ ...options, program, logFile: join(options.dataDir, `${name}.log`) }) };
}

/** @returns its address */
async function createDatabase(server: string): Promise<string> {
  const connection = await createConnection(server);
  await connection.query('CREATE DATABASE foyer CHARACTER SET utf8mb4');
  await connection.end();
  return new URL('foyer', server).href;
}
