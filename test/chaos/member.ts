import { setTimeout as pause } from 'node:timers/promises';
import { FoyerProcess, type FoyerOptions } from '../../apps/demo/foyer-process.js';

/** Milliseconds until whoever could not start tries again. */
const betweenStartsMs = 500;

/** A server or a worker that may be killed, and that somebody starts again until it stays, as a supervisor of processes does. */
export class Member {
  /** How it ended when nobody had killed it. */
  readonly collapses: string[] = [];
  private process: FoyerProcess | undefined;
  private closed = false;

  constructor(
    readonly name: string,
    private readonly options: FoyerOptions,
  ) {}

  get port(): number {
    return this.options.port;
  }

  /** Resolves when it is ready: what it needs may be away for a while. */
  async start(): Promise<void> {
    while (!this.closed) {
      const process = FoyerProcess.start(this.options);
      this.process = process;
      if (await isReady(process)) return this.watch(process);
      await pause(betweenStartsMs);
    }
  }

  /** Ends it between any two of its instructions. */
  async kill(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    await process?.kill();
  }

  async stop(): Promise<void> {
    this.closed = true;
    const { process } = this;
    this.process = undefined;
    await process?.stop();
  }

  private watch(process: FoyerProcess): void {
    void process.ended.then(async () => {
      if (this.process !== process) return;
      this.collapses.push(`${this.name} ended by itself (${process.exit}):\n${process.output}`);
      await this.start();
    });
  }
}

async function isReady(process: FoyerProcess): Promise<boolean> {
  try {
    await process.ready();
    return true;
  } catch {
    await process.kill();
    return false;
  }
}
