import Bull, { type Queue } from 'bull';
import { RedisConnections, redisUrl } from '@foyer/platform';
import type { JobsProcess, JobsSite, ProcessOptions } from '../../jobs-site.conformance.js';
import type { NewJob } from '../../outbox/new-job.js';
import type { JobDriver } from '../driver.js';
import { BullDriver } from './bull-driver.js';
import { QueueConnections, queueName } from './queue-connections.js';
import type { Token } from './token.js';

/** A process of a cluster. */
export interface Member extends JobsProcess {
  readonly driver: JobDriver;
  readonly queue: Queue<Token>;
  stop(): Promise<void>;
}

/** The processes of a cluster, on a Redis and a database of the test's own. */
export class BullMembers {
  private readonly stops: (() => Promise<void>)[] = [];

  constructor(
    private readonly redis: { readonly url: string; readonly flush: () => Promise<unknown> },
    private readonly site: JobsSite,
  ) {}

  async empty(): Promise<void> {
    await this.redis.flush();
    await this.site.empty();
    await this.site.database.transaction((tx) => tx.query('UPDATE job_leases SET holder = NULL, lease_until = 0'));
  }

  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0).reverse()) await stop();
  }

  /** @param concurrency 0: a server, which only hands jobs over */
  async started(concurrency: number, options: ProcessOptions = {}): Promise<Member> {
    const process = this.member(concurrency, options);
    await process.driver.start();
    return process;
  }

  async add(process: Member, more: Partial<NewJob> = {}): Promise<string> {
    const { id } = await this.site.add(process, more);
    process.outbox.announce([id]);
    return id;
  }

  private member(concurrency: number, options: ProcessOptions): Member {
    let driver: JobDriver = { start: async () => undefined, stop: async () => undefined, announce: () => undefined };
    const announce: JobDriver['announce'] = (ids, inMs) => driver.announce(ids, inMs);
    const process = this.site.process({ concurrency, ...options, driver: { announce } });
    const connections = new RedisConnections(redisUrl(this.redis.url), process.logger);
    const queueConnections = new QueueConnections(connections);
    const queue: Queue<Token> = new Bull(queueName, queueConnections.options);
    driver = new BullDriver(
      options.database ?? this.site.database,
      process.store,
      process.runner,
      process.handlers,
      queue,
      queueConnections,
      { concurrency, patienceMs: 500 },
      process.logger,
    );
    let stopped = false;
    const stop = async (): Promise<void> => {
      if (stopped) return;
      stopped = true;
      await driver.stop();
      await connections.close();
    };
    this.stops.push(stop);
    return { ...process, driver, queue, stop };
  }
}
