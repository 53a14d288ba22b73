import { setTimeout as pause } from 'node:timers/promises';
import type { Member } from './member.js';
import type { Random } from './random.js';
import type { Territory } from './territory.js';

/** Something that goes wrong, and is mended after a while. */
export interface Fault {
  readonly name: string;
  /** No two faults strike the same thing at the same time. */
  readonly strikes: string;
  /** Resolves when it is mended. */
  strike(random: Random): Promise<void>;
}

/** All that goes wrong, one row each. */
export function faultsOf({ servers, workers, redis, mariadb, corp, wire }: Territory): Fault[] {
  return [
    { name: 'a server is killed', strikes: 'servers', strike: (random) => killOneOf(servers, random) },
    { name: 'a worker is killed', strikes: 'workers', strike: (random) => killOneOf(workers, random) },
    { name: 'Redis is emptied', strikes: 'Redis', strike: () => redis.flush() },
    { name: 'Redis is killed', strikes: 'Redis', strike: (random) => killAndRestart(redis, random) },
    { name: 'MariaDB is killed', strikes: 'MariaDB', strike: (random) => killAndRestart(mariadb, random) },
    { name: 'the store is killed', strikes: 'the store', strike: (random) => killAndRestart(corp, random) },
    {
      name: 'the wire to the store is cut',
      strikes: 'the wire',
      strike: (random) =>
        during(
          random,
          () => wire.cut(),
          () => wire.mend(),
        ),
    },
    {
      name: 'the store is silent',
      strikes: 'the wire',
      strike: (random) =>
        during(
          random,
          () => wire.silence(),
          () => wire.mend(),
        ),
    },
    {
      name: 'the store is slow',
      strikes: 'the wire',
      strike: (random) =>
        during(
          random,
          () => wire.slowDown(random.between(20, 800)),
          () => wire.mend(),
        ),
    },
  ];
}

/** Milliseconds for which something is away. */
const away = (random: Random): number => random.between(100, 4_000);

async function killOneOf(members: readonly Member[], random: Random): Promise<void> {
  const member = random.pick(members);
  await member.kill();
  await pause(random.between(0, 1_000));
  await member.start();
}

async function killAndRestart(server: { kill(): Promise<void>; startAgain(): Promise<void> }, random: Random): Promise<void> {
  await server.kill();
  await pause(away(random));
  await server.startAgain();
}

async function during(random: Random, begin: () => void, end: () => void): Promise<void> {
  begin();
  await pause(away(random));
  end();
}
