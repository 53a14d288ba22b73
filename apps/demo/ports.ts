import { createServer } from 'node:net';

/** Below what systems hand out by themselves, so that no outgoing connection takes a port between finding and using it. */
const lowest = 15_000;
const highest = 30_000;

/** Where something that listens on `localhost` may be: a port taken on only one of them would make a server answer to half of the browsers. */
const hosts = [undefined, '127.0.0.1', '::1'];

const refusal = (port: number, host: string | undefined): Promise<string | undefined> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });

/** Why nobody can listen on a port, in words; undefined when it is free. */
export async function portProblem(port: number): Promise<string | undefined> {
  for (const host of hosts) {
    const code = await refusal(port, host);
    if (code === 'EADDRINUSE') return 'is in use';
    if (code === 'EACCES') return 'is reserved by the system';
  }
  return undefined;
}

/** Ports in a row that nobody listens on, for what must know its address before it starts. @returns the first of `count` */
export async function freePorts(count = 1): Promise<number> {
  for (;;) {
    const first = lowest + Math.floor(Math.random() * (highest - lowest - count));
    const problems = await Promise.all(Array.from({ length: count }, (_, index) => portProblem(first + index)));
    if (problems.every((problem) => problem === undefined)) return first;
  }
}
