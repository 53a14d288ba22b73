import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { createConnection as connectMysql } from 'mysql2/promise';

/**
 * What becomes of a statement on its way: it does not reach the server (`cut`), its connection is killed at the server before it does (`killed`), or
 * the server carries it out, and nobody hears its answer (`unheard`).
 */
export type Accident = 'cut' | 'killed' | 'unheard';

/** The command of the protocol of MySQL that carries a statement. */
const query = 0x03;
const headerBytes = 4;

/** Stands between a client and MariaDB, and loses the connection at the statement that a test names. */
export class MysqlWire {
  private armed: { left: number; readonly accident: Accident } | undefined;
  /** The statement that it happened to. */
  struck: string | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  /** @param target the URL of the database */
  static async start(target: string): Promise<MysqlWire> {
    const server = createServer();
    const wire = new MysqlWire(server, target);
    server.on('connection', (client: Socket) => wire.connect(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return wire;
  }

  /** The same database by way of this wire. */
  get url(): string {
    const through = new URL(this.target);
    through.hostname = '127.0.0.1';
    through.port = String((this.server.address() as AddressInfo).port);
    return through.href;
  }

  /** It happens to the statement that comes after so many others, whoever sends it. */
  arm(after: number, accident: Accident): void {
    this.armed = { left: after, accident };
    this.struck = undefined;
  }

  disarm(): void {
    this.armed = undefined;
  }

  close(): void {
    this.server.close();
  }

  private connect(client: Socket): void {
    const { hostname, port } = new URL(this.target);
    const server = createConnection({ host: hostname, port: Number(port) });
    let thread: number | undefined;
    let deaf = false;
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
    server.on('data', (data) => {
      thread ??= threadIn(data);
      if (deaf) end();
      else client.write(data);
    });
    client.on('data', (data) => {
      const accident = this.strikes(data);
      if (accident === 'cut') return end();
      deaf = accident === 'unheard';
      if (accident === 'killed') void this.kill(thread).then(() => server.writable && server.write(data));
      else server.write(data);
    });
  }

  /** Clients wait for one answer before they send the next statement, so that each is what comes at once. */
  private strikes(data: Buffer): Accident | undefined {
    if (!this.armed || data[headerBytes - 1] !== 0 || data[headerBytes] !== query) return undefined;
    this.armed.left -= 1;
    if (this.armed.left >= 0) return undefined;
    const { accident } = this.armed;
    this.armed = undefined;
    this.struck = data.subarray(headerBytes + 1).toString('utf8');
    return accident;
  }

  private async kill(thread: number | undefined): Promise<void> {
    const killer = await connectMysql(this.target);
    await killer.query('KILL CONNECTION ?', [thread]);
    await killer.end();
  }
}

/** From the server's greeting: after its header and a byte for the protocol comes the version as text that ends with 0, then the number of the thread. */
function threadIn(greeting: Buffer): number {
  const endOfVersion = greeting.indexOf(0, headerBytes + 1);
  return greeting.readUInt32LE(endOfVersion + 1);
}
