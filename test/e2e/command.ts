import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { outputOf } from '../../scripts/build.mjs';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `foyer …` as somebody types it: the built program, in a process of its own. */
export class Command {
  out = '';
  err = '';

  private readonly code: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    this.code = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
  }

  /** @param env the variables that say which site it works on */
  static start(env: Readonly<Record<string, string>>, ...args: string[]): Command {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('FOYER_'));
    const options = { env: { ...Object.fromEntries(inherited), ...env }, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
    return new Command(spawn(process.execPath, [join(outputOf('product'), 'apps/server/cli.js'), ...args], options));
  }

  /** Waits until it has ended. */
  async ended(): Promise<Ran> {
    return { code: await this.code, out: this.out, err: this.err };
  }

  /** Waits, for as long as it takes, until it has said something on standard error. @throws Error when it ends without */
  async says(text: string): Promise<void> {
    const ended = this.ended().then((ran) => {
      if (!ran.err.includes(text)) throw new Error(`The command ended without "${text}": ${JSON.stringify(ran)}`);
    });
    while (!this.err.includes(text)) await Promise.race([once(this.child.stderr ?? this.child, 'data'), ended]);
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.child.kill('SIGINT');
  }
}
