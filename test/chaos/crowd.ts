import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '@foyer/platform';
import { Browser } from '../bench/login/browser.js';
import { logIn, LoginStopped, type Parties } from '../bench/login/journey.js';
import { hintOf, providers, type Attempt, type ProviderName } from './people.js';
import type { Random } from './random.js';

export interface CrowdOptions {
  /** How many log in at the same time. */
  readonly atATime: number;
  /** Milliseconds between two logins in one place, at most. */
  readonly thinkMs: number;
}

/** Milliseconds until somebody who was not let in does something else, at most. */
const angerMs = 600;

/**
 * People who log in and come back, some at a time, as new browsers, until it is told to end. Now and then somebody logs in twice at the same time. Keeps
 * what became of each login.
 */
export class Crowd {
  readonly attempts: Attempt[] = [];
  answered = 0;
  private readonly known: { readonly person: string; readonly provider: ProviderName; logins: number; present: number }[] = [];
  private readonly agent: Agent;
  private readonly places: Promise<void>[] = [];
  private isOver = false;

  constructor(
    private readonly parties: Parties,
    private readonly random: Random,
    private readonly options: CrowdOptions,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: options.atATime * 2 });
  }

  start(): void {
    for (let place = 0; place < this.options.atATime; place += 1) this.places.push(this.comeOneByOne());
  }

  /** Lets who is under way come to an end. */
  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.places);
    this.agent.destroy();
  }

  private async comeOneByOne(): Promise<void> {
    while (!this.isOver) {
      await pause(this.random.between(0, this.options.thinkMs));
      const who = this.whoComes();
      who.present += 1;
      who.logins += 1;
      const attempt = await this.attempt(who, who.logins);
      who.present -= 1;
      this.attempts.push(attempt);
      if (attempt.failure === undefined) this.answered += 1;
      else await pause(this.random.between(0, angerMs));
    }
  }

  private whoComes(): Crowd['known'][number] {
    const { random, known } = this;
    if (known.length < 20 || random.next() < 0.5) {
      const newcomer = {
        person: `p${known.length}`,
        provider: random.pick(Object.keys(providers) as ProviderName[]),
        logins: 0,
        present: 0,
      };
      known.push(newcomer);
      return newcomer;
    }
    // Those who came lately, whose accounts are being written, more often than others.
    const oldest = random.next() < 0.5 ? known.length - 20 : 0;
    const candidate = known[random.between(oldest, known.length - 1)] as Crowd['known'][number];
    return candidate.present === 0 || random.next() < 0.1 ? candidate : this.whoComes();
  }

  private async attempt({ person, provider }: Crowd['known'][number], number: number): Promise<Attempt> {
    const login = { provider, person, number, begunAt: performance.now() };
    try {
      const parameters = { idp_hint: provider, login_hint: hintOf(person, number) };
      const { idToken } = await logIn(new Browser(this.agent), this.parties, parameters);
      return { ...login, endedAt: performance.now(), sub: String(idToken.sub), heard: String(idToken['given_name']) };
    } catch (error) {
      return { ...login, endedAt: performance.now(), failure: reasonOf(error) };
    }
  }
}

/** Why somebody was not let in, in the words of whoever said it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof LoginStopped)) return `no answer: ${errorCode(error) || String(error)}`;
  const { address, answer } = error;
  const { pathname } = new URL(address);
  const inRedirect = answer.location && new URL(answer.location).searchParams.get('error');
  return `${answer.status} ${inRedirect ?? codeIn(answer.body)} at ${pathname.replace(/^(\/federation\/.*)\/.*/, '$1')}`;
}

/** The code on a page of Foyer, or in the answer of its token endpoint; of anything else, how it begins. */
function codeIn(body: string): string {
  const text = body.replace(/<[^>]*>/g, ' ');
  const named = /Code\s+([\w.]+)/.exec(text) ?? /"(?:error|code)":\s*"(\w+)"/.exec(text) ?? /\b(E[A-Z]{4,}|socket hang up)\b/.exec(text);
  return named?.[1] ?? text.replace(/\s+/g, ' ').slice(0, 80);
}
