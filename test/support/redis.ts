import { afterAll } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis } from './redis-server.mjs';

/** What is ended at the end of the test file, last things first. */
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Ends something when the test file does. */
export const atEnd = (end: () => Promise<void>): void => void ends.push(end);

/** A real, empty Redis, for one test file, with all that can happen to one. */
export class TestRedis {
  private connection: Redis | undefined;

  private constructor(
    readonly port: number,
    private server: Awaited<ReturnType<typeof startRedis>> | undefined,
    private readonly args: readonly string[],
  ) {
    atEnd(() => this.stop());
  }

  /** @param args directives of redis-server, such as `['--maxmemory', '3mb']` */
  static async start(...args: string[]): Promise<TestRedis> {
    const server = await startRedis({ args });
    return new TestRedis(server.port, server, args);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A connection of the test's own. */
  get admin(): Redis {
    this.connection ??= new Redis(this.port, '127.0.0.1', { disableClientInfo: true });
    return this.connection;
  }

  /** Empties it. */
  async flush(): Promise<void> {
    await this.admin.flushall();
  }

  /** Keeps every client waiting for that many milliseconds. */
  async pause(milliseconds: number): Promise<void> {
    await this.admin.client('PAUSE', milliseconds, 'ALL');
  }

  /** Stops its process as it is: connections stay open, and nothing is answered. @returns what lets it go on */
  async freeze(): Promise<() => void> {
    const [, id] = /^process_id:(\d+)/m.exec(await this.admin.info('server')) ?? [];
    process.kill(Number(id), 'SIGSTOP');
    return () => void process.kill(Number(id), 'SIGCONT');
  }

  /** Ends it, with all that it knew. */
  async stop(): Promise<void> {
    this.connection?.disconnect();
    this.connection = undefined;
    await this.server?.stop();
    this.server = undefined;
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    this.connection?.disconnect();
    this.connection = undefined;
    await this.server?.kill();
    this.server = undefined;
  }

  /** Starts it again at the same address, empty. */
  async startAgain(): Promise<void> {
    this.server = await startRedis({ port: this.port, args: this.args });
  }
}
