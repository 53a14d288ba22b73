import { once } from 'node:events';
import { createServer } from 'node:net';
import { ports } from './parties.js';

/** Looks before anything starts whether something listens where this benchmark is going to. @throws Error that names the first such port */
export async function ensureFreePorts(): Promise<void> {
  for (const port of ports) if (!(await isFree(port))) throw new Error(taken(port));
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

const taken = (port: number): string =>
  `Something listens on port ${port} already, which this benchmark needs; another benchmark, perhaps. \`ss -ltnp sport = :${port}\` shows what: ` +
  'end it, or choose another range of ports, such as BENCH_PORT=9700.';
