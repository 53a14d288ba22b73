import { createServer, type Server } from 'node:http';

/** An HTTP server that listens. Handlers are added to `server` as `request` listeners. */
export interface Listening {
  readonly server: Server;
  /** The port, also when the system chose it. */
  readonly port: number;
  /** Stops listening and ends open connections. */
  readonly close: () => Promise<void>;
}

/**
 * @param port 0 lets the system choose
 * @param host loopback unless told: what the demo starts has passwords that everybody knows
 * @throws Error when the port is in use
 */
export async function listen(port: number, host = 'localhost'): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`No port at ${host}:${port}`);
  return {
    server,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
