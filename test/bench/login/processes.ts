import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Running {
  readonly pid: number;
  hasEnded(): boolean;
  /** Sends a message and resolves with the next one that comes back. */
  ask(message: object): Promise<unknown>;
  stop(): Promise<void>;
}

interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The core to hold the process to, where there is more than one and `taskset` exists; any unless told. */
  readonly core?: number;
  /** Wait for the message that says so. */
  readonly ready?: 'message';
  /** A program of the product (in dist/) and not of the benchmark. */
  readonly product?: boolean;
  /** The file that its standard output goes to. Without one, nobody reads what the product logs. */
  readonly log?: string;
}

const dist = process.env.BENCH_DIST ?? '';
const benchmark = process.env.BENCH_BUILD ?? '';
const leash = pathToFileURL(join(benchmark, 'test/bench/login/leash.js')).href;
const pins = availableParallelism() > 1 && existsSync('/usr/bin/taskset');

/** What `npm start` tells Node. */
function startFlags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(dist, '..', 'package.json'), 'utf8')) as { scripts: { start: string } };
  return scripts.start.match(/--\S+/g) ?? [];
}

/** Holds a process, with all its threads, to a core. */
export function holdTo(core: number, pid: number): void {
  if (pins) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

/** Starts a program on Node, which ends at the latest with this process. @param program relative to the build that it belongs to */
export async function startProcess(program: string, options: StartOptions): Promise<Running> {
  const file = join(options.product ? dist : benchmark, program);
  const output = options.log === undefined ? undefined : openSync(options.log, 'a');
  const child = spawn(process.execPath, [...(options.product ? startFlags() : []), '--import', leash, file], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', output ?? (options.product ? 'ignore' : 'inherit'), 'inherit', 'ipc'],
  });
  if (output !== undefined) closeSync(output);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} does not start`);
  if (options.core !== undefined) holdTo(options.core, pid);
  if (options.ready) await nextMessage(child, program);
  return {
    pid,
    hasEnded,
    ask: (message) => {
      const answer = nextMessage(child, program);
      child.send(message);
      return answer;
    },
    stop: () =>
      new Promise((resolve) => {
        if (hasEnded()) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

const nextMessage = (child: ChildProcess, program: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const gone = (code: number | null, signal: string | null): void => reject(new Error(`${program} ended (${code ?? signal})`));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message);
    });
  });

/** Asks until the address answers 200, every 20 ms, for a minute at most. @throws Error when it does not, or the server ends before */
export async function untilReady(server: Running, address: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (server.hasEnded()) throw new Error(`What was to answer at ${address} has ended`);
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await server.stop();
  throw new Error(`${address} is not ready after a minute`);
}

/** User and system time of a process in milliseconds (proc(5), fields 14 and 15, in ticks of 10 ms). */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/**
 * Time that the cores of this machine were busy with whatever it was, or were not to be had, in milliseconds (proc(5), /proc/stat: all but the idle time
 * and the wait for disks).
 */
export function machineMs(): number {
  const [, user, nice, system, , , irq, softirq, steal] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/ +/).map(Number);
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) * 10;
}

/** Resident memory of a process in MiB. */
export function rssMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
