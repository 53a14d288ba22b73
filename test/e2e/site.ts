import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { FoyerProcess } from '../../apps/demo/foyer-process.js';
import { freePorts } from '../../apps/demo/ports.js';
import { build } from '../../scripts/build.mjs';
import { AdminClient, parseObject } from './admin-client.js';

export const adminPassword = 'e2e-Admin-password-1';
const adminClientSecret = 'e2e-secret-of-the-client-foyer-admin';

/** A line of the server's log. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface SiteOptions {
  /** What `FOYER_CONFIG` holds. */
  readonly settings: object;
  readonly env?: Readonly<Record<string, string>>;
  /** A free one unless told: for who has to know the address before the start. */
  readonly port?: number;
  /** The program that is the server; the product's unless told. */
  readonly program?: string;
}

const pollMs = 20;
const patienceMs = 15_000;

/** Waits until something is there. @throws Error with `what` when it does not come */
export async function until<T>(what: string, find: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Foyer as applications and people meet it: the server that is built in `dist/`, in a process of its own, with its own settings and files. */
export class Site {
  private constructor(
    private process: FoyerProcess,
    private readonly start: () => FoyerProcess,
    private readonly folder: string,
  ) {}

  static async start({ settings, env = {}, port, program }: SiteOptions): Promise<Site> {
    if (!build()) throw new Error('The build failed');
    const folder = mkdtempSync(join(tmpdir(), 'foyer-e2e-'));
    const configFile = join(folder, 'site.yaml');
    writeFileSync(configFile, stringify(settings));
    const own = { FOYER_CONFIG: configFile, FOYER_ADMIN_PASSWORD: adminPassword, FOYER_ADMIN_CLIENT_SECRET: adminClientSecret };
    const options = { port: port ?? (await freePorts()), dataDir: join(folder, 'data'), logFile: join(folder, 'foyer.log'), program };
    const start = (): FoyerProcess => FoyerProcess.start({ ...options, env: { ...own, ...env } });
    const site = new Site(start(), start, folder);
    try {
      await site.process.ready();
    } catch (error) {
      await site.close();
      throw error;
    }
    return site;
  }

  get url(): string {
    return this.process.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Ends the server between any two of its instructions. */
  crash(): Promise<void> {
    return this.process.kill();
  }

  /** Ends the server between any two of its instructions, and starts it again on the same files. */
  async crashAndRestart(): Promise<void> {
    await this.crash();
    await this.startAgain();
  }

  /** Asks the server to end, and waits until it has: it lets running logins finish. */
  stop(): Promise<void> {
    return this.process.stop();
  }

  /** Starts it on the same files after it has ended. */
  async startAgain(): Promise<void> {
    this.process = this.start();
    await this.process.ready();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param scope what the token may do; everything unless told */
  admin(scope = 'admin'): Promise<AdminClient> {
    return AdminClient.byClientCredentials(this.url, adminClientSecret, scope);
  }

  /** The names of the site's files (databases, logs, keys) in which a text stands as it is. */
  filesWith(text: string): string[] {
    const files = readdirSync(this.folder, { recursive: true, encoding: 'utf8' });
    return files.filter((file) => statSync(join(this.folder, file)).isFile() && readFileSync(join(this.folder, file)).includes(text));
  }

  /** What the server has logged so far, since its first start. */
  log(): LogLine[] {
    const lines = readFileSync(join(this.folder, 'foyer.log'), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map(parseObject);
  }

  /** The first line of the log that has these values; the server writes it when it finds the time. */
  logged(values: LogLine): Promise<LogLine> {
    const fits = (line: LogLine): boolean => Object.entries(values).every(([name, value]) => line[name] === value);
    return until(`the log says ${JSON.stringify(values)}`, () => this.log().find(fits));
  }
}
