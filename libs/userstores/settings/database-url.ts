import { resolve } from 'node:path';

/** A database address, taken apart: the password is a secret of its own. */
export function splitPassword(url: string): { url: string; password?: string } {
  if (!url.startsWith('mysql:')) return { url };
  const parsed = new URL(url);
  if (parsed.password === '') return { url };
  const password = decodeURIComponent(parsed.password);
  parsed.password = '';
  return { url: parsed.href, password };
}

/** The address to connect to. */
export function withPassword(url: string, password: string | undefined): string {
  if (!url.startsWith('mysql:') || password === undefined) return url;
  const parsed = new URL(url);
  parsed.password = encodeURIComponent(password);
  return parsed.href;
}

/** Whether two addresses lead to one database, as far as their text tells. */
export const sameDatabase = (one: string, other: string): boolean => place(one) === place(other);

function place(url: string): string {
  if (!url.startsWith('mysql:')) return resolve(decodeURIComponent(url.replace(/^sqlite:(\/\/)?/, '')));
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || '3306'}${pathname}`;
}
