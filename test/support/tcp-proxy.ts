import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Stands between a client and a server on this machine: slows down what the server answers, cuts the wire, mends it. */
export class TcpProxy {
  private readonly wires = new Set<Socket>();
  private state: 'open' | 'cut' | 'silent' = 'open';
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {}

  /** @param target where the server listens */
  static async start(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, target);
    server.on('connection', (client: Socket) => proxy.connect(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** Like another URL, but through this proxy. */
  inFrontOf(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((this.server.address() as AddressInfo).port);
    return through.href;
  }

  /** Each answer comes so many milliseconds later. */
  slowDown(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Connections break, and new ones are refused. */
  cut(): void {
    this.state = 'cut';
    for (const wire of this.wires) wire.destroy();
  }

  /** Connections stay, and nothing comes through any more. */
  silence(): void {
    this.state = 'silent';
  }

  mend(): void {
    this.state = 'open';
    this.delayMs = 0;
    // What was said into the silence is lost.
    for (const wire of this.wires) wire.destroy();
  }

  async close(): Promise<void> {
    this.server.close();
    for (const wire of this.wires) wire.destroy();
  }

  private connect(client: Socket): void {
    if (this.state === 'cut') return void client.destroy();
    const server = createConnection(this.target);
    this.relay(client, server, () => 0);
    this.relay(server, client, () => this.delayMs);
  }

  private relay(from: Socket, to: Socket, delay: () => number): void {
    this.wires.add(from);
    from.setNoDelay(true);
    from.on('data', (data) => {
      if (this.state === 'silent') return;
      const wait = delay();
      if (wait === 0) to.write(data);
      else setTimeout(() => to.writable && to.write(data), wait);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.wires.delete(from);
      to.destroy();
    });
  }
}
