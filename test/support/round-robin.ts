import { once } from 'node:events';
import { Agent, createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode } from '@foyer/platform';

/**
 * The smallest proxy in front of several servers: each request goes to the next one, whoever it is from. A server that nobody listens at is passed
 * over. Nothing sticks.
 */
export class RoundRobin {
  /** Ports of 127.0.0.1, in turn. */
  servers: readonly number[] = [];
  /** How many requests each server has answered, by port. */
  readonly answered = new Map<number, number>();
  private readonly agent = new Agent({ keepAlive: true });
  private turn = 0;

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(): Promise<RoundRobin> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxy = new RoundRobin((server.address() as AddressInfo).port, server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      proxy.pass(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
    });
    return proxy;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const part of request) body.push(part as Buffer);
    for (let attempt = 1; ; attempt += 1) {
      const port = this.servers[(this.turn += 1) % this.servers.length];
      try {
        return await this.passTo(port, request, Buffer.concat(body), response);
      } catch (error) {
        if (errorCode(error) !== 'ECONNREFUSED' || attempt >= this.servers.length) throw error;
      }
    }
  }

  private async passTo(
    port: number | undefined,
    { method, url, headers }: IncomingMessage,
    body: Buffer,
    to: ServerResponse,
  ): Promise<void> {
    const passed = send({ host: '127.0.0.1', port, method, path: url, headers, agent: this.agent });
    passed.end(body);
    const [answer] = (await once(passed, 'response')) as [IncomingMessage];
    this.answered.set(port ?? 0, (this.answered.get(port ?? 0) ?? 0) + 1);
    to.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(to);
    await once(to, 'finish');
  }
}
