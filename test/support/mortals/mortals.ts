import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build, outputOf } from '../../../scripts/build.mjs';
import type { Answer, Order } from './orders.js';

const dead = Symbol('dead');

/** Processes that may be killed in the middle of what they do (program.ts), and fresh ones in their place, which are loading already. */
export class Mortals {
  private readonly waiting: ChildProcess[] = [];
  private current: ChildProcess | undefined;

  private constructor(private readonly program: string) {
    for (let count = 0; count < availableParallelism(); count += 1) this.wait();
  }

  static start(): Mortals {
    if (!build('mortals')) throw new Error('The build failed');
    return new Mortals(join(outputOf('mortals'), 'test/support/mortals/program.js'));
  }

  stop(): void {
    for (const child of [...this.waiting, this.current]) child?.kill('SIGKILL');
  }

  /** Lets a process do it that may have done others. @returns what became of it; undefined when it died */
  async ask(order: Order): Promise<Extract<Answer, { result: unknown }>['result'] | undefined> {
    this.current ??= this.next();
    const child = this.current;
    const over = new AbortController();
    const { signal } = over;
    const answered = once(child, 'message', { signal }).then(([answer]) => answer as Answer);
    const died = once(child, 'exit', { signal }).then((): typeof dead => dead);
    child.send(order);
    const answer = await Promise.race([answered, died]);
    over.abort();
    await Promise.allSettled([answered, died]);
    if (answer === dead) this.current = undefined;
    else if ('error' in answer) throw new Error(answer.error);
    return answer === dead ? undefined : answer.result;
  }

  private next(): ChildProcess {
    this.wait();
    const next = this.waiting.shift();
    if (!next) throw new Error('Nobody waits');
    return next;
  }

  private wait(): void {
    this.waiting.push(fork(this.program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] }));
  }
}
