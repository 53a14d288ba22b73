import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with `package.json`, for this file in `apps/` as well as compiled in `.cache/modules/apps/`. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export interface FoyerOptions {
  readonly port: number;
  readonly dataDir: string;
  /** Further variables. Those of the caller that begin with `FOYER_` do not count: they are meant for another Foyer. */
  readonly env: Readonly<Record<string, string>>;
  /** Where all that it prints goes too. */
  readonly logFile?: string;
  /** The program that is the server; the product's unless told. */
  readonly program?: string;
}

/** How many of its last lines are kept for messages. */
const keptLines = 200;
const pollMs = 50;
/** How long a stop may take before it is ended by force: longer than running logins may need to finish. */
const stopMs = 15_000;

function environment({ port, dataDir, env }: FoyerOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('FOYER_'));
  return {
    ...Object.fromEntries(inherited),
    PORT: String(port),
    FOYER_PUBLIC_URL: `http://localhost:${port}`,
    FOYER_DATA_DIR: dataDir,
    ...env,
  };
}

/** Foyer as it is built in `dist/`, in a process of its own. */
export class FoyerProcess {
  readonly url: string;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  private readonly lines: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    { port, logFile }: FoyerOptions,
  ) {
    this.url = `http://localhost:${port}`;
    this.ended = once(child, 'close').then(
      () => undefined,
      (error: unknown) => void this.lines.push(String(error)),
    );
    // Whoever leaves without a stop takes it along.
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    void this.ended.then(() => process.off('exit', kill));
    if (logFile !== undefined) mkdirSync(dirname(logFile), { recursive: true });
    const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log?.write(text);
        this.lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
        this.lines.splice(0, this.lines.length - keptLines);
      });
    }
    void this.ended.then(() => log?.end());
  }

  static start(options: FoyerOptions): FoyerProcess {
    const server = options.program ?? join(projectRoot(), 'dist/apps/server/main.js');
    if (!existsSync(server)) throw new Error(`${server} is missing: npm run build makes it`);
    // A process group of its own: Ctrl-C in a terminal reaches the caller alone, who then stops Foyer.
    const child = spawn(process.execPath, [server], { env: environment(options), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    return new FoyerProcess(child, options);
  }

  /** The last lines that it printed. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** The number under which the system knows the process. */
  get id(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How it ended, for messages. */
  get exit(): string {
    return this.child.signalCode ?? `exit code ${this.child.exitCode ?? 'unknown'}`;
  }

  /** Waits until `/health/ready` says so. @throws Error with its output when it ends before, or takes longer than `timeoutMs` */
  async ready(timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await this.answersReady())) {
      if (!this.running) throw new Error(`Foyer ended before it was ready (${this.exit}):\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`Foyer was not ready after ${timeoutMs} ms:\n${this.output}`);
      await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, pollMs))]);
    }
  }

  /** Lets running logins finish, and ends it by force if that takes too long. */
  async stop(): Promise<void> {
    if (!this.running) return this.ended;
    const force = setTimeout(() => this.child.kill('SIGKILL'), stopMs);
    this.child.kill('SIGTERM');
    await this.ended;
    clearTimeout(force);
  }

  /** Ends it as a crash does: at once, without letting anything finish. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private async answersReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
