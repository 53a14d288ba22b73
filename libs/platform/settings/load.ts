import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dialectOf } from '../database/options.js';
import { isLoopbackHost } from '../outgoing/addresses.js';
import { variables, type Read, type Variable } from './declaration.js';
import { fileVariable, givenText, NotGiven, type Environment } from './given.js';
import { Unwanted } from './parsers.js';
import { keptSecretKey } from './secret-key.js';
import type { Settings } from './settings.js';

/** The environment does not say what Foyer needs. The message has a line for each variable. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

/** What `FOYER_OUTGOING_ALLOW` is while Foyer itself runs on loopback: a demo's or a developer's providers are there too. */
const loopback = ['localhost', '127.0.0.0/8', '::1/128'];

/** Kubernetes and most load balancers have sent the last request to a server that leaves before it. */
const clusterDrainSeconds = 5;

/**
 * Reads all settings, creates the data directory, and in it the secret key when none is given.
 * @param warn gets a sentence about each variable that looks like a setting and is none
 * @throws SettingsError naming every bad variable, what it got (unless it is secret) and what it wants, and what contradicts each other
 */
export function loadSettings(env: Environment, warn: (message: string) => void = () => undefined): Settings {
  const read = readAll(env);
  const publicUrl = read.publicUrl ?? derivedPublicUrl(read.port);
  warnOfUnknown(env, warn);
  mkdirSync(read.dataDir, { recursive: true, mode: 0o700 });
  return {
    port: read.port,
    publicUrl,
    dataDir: read.dataDir,
    databaseUrl: read.databaseUrl ?? `sqlite:${join(read.dataDir, 'foyer.db')}`,
    redis: read.redisUrl,
    configFile: read.configFile,
    secretKey: read.secretKey ?? keptSecretKey(read.dataDir),
    adminPassword: read.adminPassword,
    adminClientSecret: read.adminClientSecret,
    themeDir: read.themeDir,
    outgoingAllow: read.outgoingAllow ?? (isLoopbackHost(new URL(publicUrl).hostname) ? loopback : []),
    rateLimitPerAddress: read.rateLimitPerAddress,
    trustedProxies: read.trustedProxies,
    keepAliveSeconds: read.keepAliveSeconds,
    drainSeconds: read.drainSeconds ?? (read.redisUrl ? clusterDrainSeconds : 0),
    logLevel: read.logLevel,
    lifetimes: {
      code: read.lifetimeCode,
      accessToken: read.lifetimeAccessToken,
      idToken: read.lifetimeIdToken,
      refreshToken: read.lifetimeRefreshToken,
      session: read.lifetimeSession,
      login: read.lifetimeLogin,
    },
    signingKeyDays: read.signingKeyDays,
    loginDays: read.loginDays,
    journalDays: read.journalDays,
    jobConcurrency: read.jobConcurrency,
    jobHours: read.jobHours,
  };
}

/** `FOYER_THEME_DIR` alone, for who needs no more of a site than its themes: nothing is created. @throws SettingsError as `loadSettings` */
export const themeDirIn = (env: Environment): string | undefined => readAll(env).themeDir;

function readAll(env: Environment): Read {
  const problems: string[] = [];
  const entries = Object.entries(variables).map(([key, variable]: [string, Variable<unknown>]) => {
    let text: string | undefined;
    try {
      text = givenText(env, variable) ?? variable.default;
      return [key, text === undefined ? undefined : variable.parse(text)];
    } catch (error) {
      if (error instanceof NotGiven) problems.push(error.message);
      else if (error instanceof Unwanted) problems.push(`${variable.name} must be ${error.message}; got ${shown(variable, text ?? '')}`);
      else throw error;
      return [key, undefined];
    }
  });
  // Each value comes from the parser of its own declaration, which is what `Read` says.
  const read = Object.fromEntries(entries) as Read;
  if (problems.length === 0) problems.push(...contradictions(read));
  if (problems.length > 0) throw new SettingsError(problems);
  return read;
}

function shown({ secret, masked }: Variable<unknown>, text: string): string {
  if (masked) return JSON.stringify(masked(text));
  return secret ? 'the given value' : JSON.stringify(text);
}

/** What a cluster needs besides its Redis: the truth in a database that all processes reach, and one key for all of them. */
export function contradictions({ redisUrl, databaseUrl, secretKey }: Pick<Read, 'redisUrl' | 'databaseUrl' | 'secretKey'>): string[] {
  const problems: string[] = [];
  if (redisUrl === undefined) return problems;
  if (databaseUrl === undefined || dialectOf(databaseUrl) !== 'mysql') {
    const got = databaseUrl === undefined ? 'nothing' : 'a SQLite file, which one process has for itself';
    problems.push(`FOYER_DATABASE_URL must be mysql://… because FOYER_REDIS_URL makes a cluster; got ${got}`);
  }
  if (secretKey === undefined) {
    problems.push('FOYER_SECRET_KEY must be given, the same to every process, because FOYER_REDIS_URL makes a cluster; got nothing');
  }
  return problems;
}

function derivedPublicUrl(port: number): string {
  if (port !== 0) return `http://localhost:${port}`;
  throw new SettingsError(['FOYER_PUBLIC_URL must be given when PORT is 0: the port is not known beforehand']);
}

function warnOfUnknown(env: Environment, warn: (message: string) => void): void {
  const known = new Set(Object.values(variables).flatMap((variable: Variable<unknown>) => [variable.name, fileVariable(variable)]));
  for (const name of Object.keys(env)) {
    if (name.startsWith('FOYER_') && !known.has(name)) warn(`${name} is not a setting of Foyer and is ignored`);
  }
}
