import { median, printTable, quantile } from '../login/table.js';
import { arms, type Arm } from './arms.js';

/** `repeat`: of somebody who has the account. */
export const phases = ['first', 'repeat'] as const;
export type Phase = (typeof phases)[number];

/** What a round of logins showed. */
export interface Round {
  /** Milliseconds that each login took. */
  readonly durations: readonly number[];
  readonly elapsedMs: number;
  /** Milliseconds of the server's CPU for a login, with the jobs that it did meanwhile. */
  readonly cpu: number;
  /** Jobs that had not ended when the last login had. */
  readonly left: number;
}

/** A slow store may cost a login so much, at most: a factor, or milliseconds where that is more. */
const allowed = { p50: 1.1, p95: 1.25, ms: 5 } as const;

/** What was measured, and the tables of it. */
export class Findings {
  private readonly rounds = new Map<string, Round[]>();
  private readonly instantWaits: number[] = [];
  private readonly slowAttempts: number[] = [];
  private drainedJobs = 0;
  private drainedMs = 0;

  logins(arm: Arm, phase: Phase, round: Round): void {
    const key = `${phase} ${arm}`;
    this.rounds.set(key, [...(this.rounds.get(key) ?? []), round]);
  }

  /** @param waits milliseconds from a login to its account, on the instant store */
  waits(waits: readonly number[]): void {
    this.instantWaits.push(...waits);
  }

  /** @param attempts milliseconds that jobs took while their store was slow */
  attempts(attempts: readonly number[]): void {
    this.slowAttempts.push(...attempts);
  }

  /** A backlog was worked off, without logins beside it. */
  drained(jobs: number, ms: number): void {
    this.drainedJobs += jobs;
    this.drainedMs += ms;
  }

  print(answerMs: number): void {
    const rows = phases.flatMap((phase) => arms.map((arm) => this.row(phase, arm)));
    const head = ['login', 'arm', 'logins/s', 'p50 ms', 'p95 ms', 'p99 ms', '× p50', '× p95', 'CPU ms/login', 'jobs left'];
    printTable(head, rows);
    for (const phase of phases) console.log(`\n${this.verdict(phase)}`);
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
    console.log(
      `\nWhile each answer of the store took ${seconds(answerMs)}, a job took ${seconds(quantile(this.slowAttempts, 0.5))} (p50 of ${this.slowAttempts.length}).`,
    );
    console.log(`The backlog went at ${Math.round((1000 * this.drainedJobs) / this.drainedMs)} jobs/s once the store was quick again.`);
    const instant = this.instantWaits;
    console.log(
      `From login to account on the instant store: p50 ${quantile(instant, 0.5)} ms, p99 ${quantile(instant, 0.99)} ms (${instant.length} jobs).`,
    );
  }

  private row(phase: Phase, arm: Arm): string[] {
    const of = this.rounds.get(`${phase} ${arm}`) ?? [];
    const times = (q: number): string => (this.quantile(phase, arm, q) / this.quantile(phase, 'instant', q)).toFixed(2);
    return [
      phase,
      arm,
      median(of.map(({ durations, elapsedMs }) => (1000 * durations.length) / elapsedMs)).toFixed(0),
      ...[0.5, 0.95, 0.99].map((q) => this.quantile(phase, arm, q).toFixed(1)),
      ...(arm === 'instant' ? ['', ''] : [times(0.5), times(0.95)]),
      median(of.map(({ cpu }) => cpu)).toFixed(2),
      median(of.map(({ left }) => left)).toFixed(0),
    ];
  }

  /** The median of the rounds: one in which the machine was busy otherwise decides nothing. */
  private quantile(phase: Phase, arm: Arm, q: number): number {
    return median((this.rounds.get(`${phase} ${arm}`) ?? []).map(({ durations }) => quantile(durations, q)));
  }

  private verdict(phase: Phase): string {
    const within = (['p50', 'p95'] as const).map((name) => {
      const q = name === 'p50' ? 0.5 : 0.95;
      const [slow, instant] = [this.quantile(phase, 'slow', q), this.quantile(phase, 'instant', q)];
      const limit = Math.max(instant * allowed[name], instant + allowed.ms);
      return `${name} ${slow.toFixed(1)} ms of at most ${limit.toFixed(1)}${slow <= limit ? '' : ': TOO MUCH'}`;
    });
    return `${phase} logins on the slow store: ${within.join(', ')}.`;
  }
}
