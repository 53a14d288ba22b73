import type { Redis } from 'ioredis';
import { FoyerError } from '../errors/foyer-error.js';

const oldest = [6, 2] as const;

/** What Foyer needs to know of a Redis before it relies on it. */
export interface RedisFacts {
  readonly version: string;
  /** What it does when it is full. */
  readonly evictionPolicy: string;
  readonly isReplica: boolean;
  /** How far its clock is ahead of ours, in milliseconds. */
  readonly clockAheadMs: number;
}

export async function factsOf(node: Redis): Promise<RedisFacts> {
  const [text, [seconds = 0, microseconds = 0]] = await Promise.all([node.info(), node.time()]);
  const field = (name: string): string => new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return {
    version: field('redis_version'),
    evictionPolicy: field('maxmemory_policy'),
    isReplica: field('role') === 'slave',
    clockAheadMs: Math.round(seconds * 1000 + microseconds / 1000 - Date.now()),
  };
}

/** Why Foyer must not rely on this Redis; undefined when it may. @param where its address, for the message */
export function unfitness({ version, evictionPolicy }: RedisFacts, where: string): FoyerError | undefined {
  if (isOlder(version)) {
    return new FoyerError('unavailable', 'redis.tooOld', `${where} is Redis ${version}; Foyer needs ${oldest.join('.')} or later.`);
  }
  if (evictionPolicy !== 'noeviction') {
    return new FoyerError(
      'unavailable',
      'redis.evicts',
      `${where} throws data away when it is full (maxmemory-policy ${evictionPolicy}): sessions and jobs would vanish. Set maxmemory-policy noeviction.`,
    );
  }
  return undefined;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}
