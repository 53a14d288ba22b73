import { isIPv6 } from 'node:net';
import type { Credentials, Endpoint, RedisAddress } from '../redis/redis-address.js';
import { Unwanted, type Parser } from './parsers.js';

const redisPort = 6379;
const sentinelPort = 26_379;

const wanted = {
  single: 'redis[s]://[user:password@]host[:port][/database]',
  sentinel: 'redis[s]+sentinel://[user:password@]host[:port],host[:port]/primary[/database][?sentinelPassword=…]',
  cluster: 'redis[s]+cluster://[user:password@]host[:port],host[:port]',
};
const anyForm = `${wanted.single}, ${wanted.sentinel} or ${wanted.cluster}`;

interface Parts {
  readonly tls: boolean;
  readonly credentials?: Credentials;
  readonly hosts: string;
  /** What stands after the hosts, between slashes. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** Where a Redis, a group of Sentinels or a Redis Cluster is. Nothing is looked up. */
export const redisUrl: Parser<RedisAddress> = (text) => {
  const [, scheme, form = 'single', rest = ''] = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(.+)$/s.exec(text) ?? [];
  if (scheme === undefined) throw new Unwanted(anyForm);
  const parts = split(scheme === 'rediss', rest);
  if (form === 'cluster') return cluster(parts);
  return form === 'sentinel' ? sentinel(parts) : single(parts);
};

/** The text as a message may show it: without what stands before an `@` or after a `?`, however wrong the rest is. */
export const maskedUrl = (text: string): string => text.replace(/\/\/.*@/s, '//***@').replace(/\?.*$/s, '?***');

function single({ tls, credentials, hosts, path, query }: Parts): RedisAddress {
  const [endpoint, another] = endpoints(hosts, redisPort, wanted.single);
  const [database = '0', ...excess] = path;
  if (!endpoint || another || excess.length > 0 || query.size > 0) throw new Unwanted(wanted.single);
  return { form: 'single', tls, credentials, endpoint, database: databaseNumber(database, wanted.single) };
}

function sentinel({ tls, credentials, hosts, path, query }: Parts): RedisAddress {
  const sentinels = endpoints(hosts, sentinelPort, wanted.sentinel);
  const [primary, database = '0', ...excess] = path;
  const unknown = [...query.keys()].filter((key) => key !== 'sentinelUsername' && key !== 'sentinelPassword');
  if (!primary || excess.length > 0 || unknown.length > 0) throw new Unwanted(wanted.sentinel);
  const password = query.get('sentinelPassword');
  const sentinelCredentials = password ? { username: query.get('sentinelUsername') ?? undefined, password } : undefined;
  return {
    form: 'sentinel',
    ...{ tls, credentials, sentinels, primary, sentinelCredentials },
    database: databaseNumber(database, wanted.sentinel),
  };
}

function cluster({ tls, credentials, hosts, path, query }: Parts): RedisAddress {
  const nodes = endpoints(hosts, redisPort, wanted.cluster);
  const isRoot = path.length === 0 || (path.length === 1 && path[0] === '0');
  if (!isRoot || query.size > 0) throw new Unwanted(`${wanted.cluster}: a Redis Cluster has the database 0 alone`);
  return { form: 'cluster', tls, credentials, nodes };
}

function split(tls: boolean, rest: string): Parts {
  const at = rest.lastIndexOf('@');
  const [, hosts = '', path = '', query = ''] = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest.slice(at + 1)) ?? [];
  const segments = path.split('/').map(decoded);
  while (segments.at(-1) === '') segments.pop();
  return {
    ...{ tls, hosts, path: segments, query: new URLSearchParams(query) },
    credentials: at < 0 ? undefined : userAndPassword(rest.slice(0, at)),
  };
}

function userAndPassword(text: string): Credentials {
  const colon = text.indexOf(':');
  const [username, password] = [decoded(text.slice(0, Math.max(colon, 0))), decoded(text.slice(colon + 1))];
  if (colon < 0 || password === '') throw new Unwanted('an address with user:password@ or :password@, with special characters as %XX');
  return username === '' ? { password } : { username, password };
}

function endpoints(hosts: string, defaultPort: number, form: string): Endpoint[] {
  return hosts.split(',').map((text) => {
    const [, bracketed, named, port = String(defaultPort)] = /^(?:\[([^\]]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
    const host = bracketed === undefined ? named : isIPv6(bracketed) ? bracketed : undefined;
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535) throw new Unwanted(form);
    return { host, port: Number(port) };
  });
}

function databaseNumber(text: string, form: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Unwanted(`${form}, the database being a number`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Unwanted('an address in which special characters are written as %XX');
  }
}
