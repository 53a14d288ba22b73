import { once } from 'node:events';
import { Agent, request as send, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '@foyer/platform';
import { listen, type Listening } from './listen.js';

export interface RoundRobinOptions {
  /** 0, which lets the system choose, unless told. */
  readonly port?: number;
  /** Asks each server so often, in milliseconds, whether it is ready, and sends nothing to one that is not. Never asked unless told. */
  readonly checkEveryMs?: number;
}

/** What is said to the other end of one connection alone (RFC 9110 §7.6.1), as far as Node does not see to it. */
const hopByHop = new Set(['connection', 'keep-alive']);

/**
 * The smallest proxy in front of several servers: each request goes to the next one, whoever it is from. A server that is not ready, or at whose port
 * nobody listens, is passed over. Nothing sticks, and what went wrong on the way is not tried again.
 */
export class RoundRobin {
  /** Ports of 127.0.0.1, in turn. */
  servers: readonly number[] = [];
  /** How many requests each server has answered, by port. */
  readonly answered = new Map<number, number>();
  /** How many requests came to a port at which nobody listened. */
  refused = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly unready = new Set<number>();
  private turn = 0;
  private checking: NodeJS.Timeout | undefined;

  private constructor(private readonly listening: Listening) {}

  static async start({ port = 0, checkEveryMs }: RoundRobinOptions = {}): Promise<RoundRobin> {
    const listening = await listen(port);
    const proxy = new RoundRobin(listening);
    listening.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      proxy.pass(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else response.writeHead(502).end(String(error));
      });
    });
    if (checkEveryMs !== undefined) proxy.check(checkEveryMs);
    return proxy;
  }

  get port(): number {
    return this.listening.port;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Whether requests go to the server at this port. */
  uses(port: number): boolean {
    return this.servers.includes(port) && !this.unready.has(port);
  }

  async close(): Promise<void> {
    clearTimeout(this.checking);
    this.agent.destroy();
    await this.listening.close();
  }

  private check(everyMs: number): void {
    const ask = async (port: number): Promise<void> => {
      if (await isReady(port)) this.unready.delete(port);
      else this.unready.add(port);
    };
    const again = (): void => {
      this.checking = setTimeout(() => void Promise.all(this.servers.map(ask)).then(again), everyMs).unref();
    };
    again();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const part of request) body.push(part as Buffer);
    for (let attempt = 1; ; attempt += 1) {
      const port = this.next();
      try {
        return await this.passTo(port, request, Buffer.concat(body), response);
      } catch (error) {
        if (errorCode(error) !== 'ECONNREFUSED') throw error;
        this.refused += 1;
        if (attempt >= this.servers.length) throw error;
      }
    }
  }

  private next(): number {
    const ready = this.servers.filter((port) => !this.unready.has(port));
    const port = ready[(this.turn += 1) % ready.length];
    if (port === undefined) throw new Error('No server is ready');
    return port;
  }

  private async passTo(port: number, { method, url, headers }: IncomingMessage, body: Buffer, to: ServerResponse): Promise<void> {
    const passed = send({ host: '127.0.0.1', port, method, path: url, headers: withoutHopByHop(headers), agent: this.agent });
    passed.end(body);
    const [answer] = (await once(passed, 'response')) as [IncomingMessage];
    this.answered.set(port, (this.answered.get(port) ?? 0) + 1);
    to.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
    await pipeline(answer, to);
  }
}

const withoutHopByHop = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
