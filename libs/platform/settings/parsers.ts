import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isLoopbackHost } from '../outgoing/addresses.js';

/** Reads the text of a variable. Says what is wanted by throwing {@link Unwanted}. */
export type Parser<T> = (text: string) => T;

/** The text of a variable is not what is wanted. `message` completes "{variable} must be …". */
export class Unwanted extends Error {}

/** Decimal digits only: no sign, no unit, no exponent. */
export const integer =
  (min: number, max: number): Parser<number> =>
  (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new Unwanted(`a whole number from ${min} to ${max}`);
  };

export const oneOf =
  <const T extends string>(...values: readonly T[]): Parser<T> =>
  (text) => {
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw new Unwanted(`one of ${values.join(', ')}`);
  };

export const text =
  (min: number, max: number): Parser<string> =>
  (value) => {
    if (value.length >= min && value.length <= max) return value;
    throw new Unwanted(min > 1 ? `at least ${min} characters (and at most ${max})` : `at most ${max} characters`);
  };

export const path: Parser<string> = (value) => {
  if (value.includes('\0')) throw new Unwanted('a path');
  return resolve(value);
};

const list =
  <T>(item: Parser<T>): Parser<readonly T[]> =>
  (value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(item);

/** `192.0.2.0/24`, `2001:db8::/32` or a single address. */
const cidr: Parser<string> = (value) => {
  const [address = '', bits, ...more] = value.split('/');
  const longest = isIP(address) === 4 ? 32 : 128;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
  if (isIP(address) !== 0 && fits && more.length === 0) return value;
  throw new Unwanted('a list of networks such as 10.0.0.0/8,fd00::/8');
};

export const cidrs: Parser<readonly string[]> = list(cidr);

const hostName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

export const hostsAndCidrs: Parser<readonly string[]> = list((value) => {
  const host = value.toLowerCase();
  const numeric = host.includes('/') || host.includes(':') || /^[\d.]+$/.test(host);
  if (!numeric && hostName.test(host)) return host;
  try {
    return cidr(host);
  } catch {
    throw new Unwanted('a list of hosts and networks such as idp.internal,10.0.0.0/8 (without scheme and port)');
  }
});

const parseUrl = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined);

/** An origin that is safe to put a login on: https, or http on loopback. A trailing slash is dropped. */
export const publicOrigin: Parser<string> = (value) => {
  const url = parseUrl(value);
  if (!url || !/^https?:$/.test(url.protocol)) throw new Unwanted('an address such as https://login.example.org');
  if (url.pathname !== '/' || /[?#]/.test(value) || url.username || url.password) {
    throw new Unwanted('an origin such as https://login.example.org, without path, query or user');
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) throw new Unwanted('https, unless it is on this machine (localhost)');
  return url.origin;
};

export const databaseUrl: Parser<string> = (value) => {
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(value)?.[1];
  if (file !== undefined && !file.startsWith(':')) return value;
  const url = parseUrl(value);
  if (url?.protocol === 'mysql:' && url.hostname && url.pathname.length > 1) return value;
  throw new Unwanted('sqlite:PATH or mysql://user:password@host:port/database');
};

/** 32 bytes in base64url. */
export const secretKey: Parser<Buffer> = (value) => {
  const bytes = /^[A-Za-z0-9_-]{43}=?$/.test(value) ? Buffer.from(value, 'base64url') : undefined;
  if (bytes?.length === 32) return bytes;
  throw new Unwanted('32 bytes in base64url (43 characters), such as: node -p "crypto.randomBytes(32).toString(\'base64url\')"');
};
