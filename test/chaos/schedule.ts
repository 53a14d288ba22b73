import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './faults.js';
import type { Random } from './random.js';

/** Milliseconds of peace between two faults in one hand, at most. */
const peaceMs = 6_000;

/**
 * Lets everything go wrong, again and again, two things at a time: each hand deals the whole deck of faults in an order of its own before it deals any of
 * them again. The seed decides what comes after what, and for how long; when, the machine decides.
 */
export class Schedule {
  /** How often each fault has struck. */
  readonly struck = new Map<string, number>();
  private readonly struckNow = new Map<string, Promise<void>>();
  private hands: Promise<void>[] = [];
  private isOver = false;

  constructor(
    private readonly faults: readonly Fault[],
    private readonly random: Random,
    private readonly tell: (line: string) => void,
  ) {}

  /** @param hands how many faults there may be at the same time */
  start(hands = 2): void {
    this.hands = Array.from({ length: hands }, () => this.deal(this.random.fork()));
  }

  /** How often the rarest fault has struck. */
  get rounds(): number {
    return Math.min(...this.faults.map(({ name }) => this.struck.get(name) ?? 0));
  }

  /** Resolves when all that is broken has been mended. */
  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.hands);
  }

  private async deal(random: Random): Promise<void> {
    for (let deck = random.shuffled(this.faults); !this.isOver;) {
      const fault = deck.pop();
      if (!fault) {
        deck = random.shuffled(this.faults);
        continue;
      }
      await pause(random.between(0, peaceMs));
      if (!this.isOver) await this.strikeAlone(fault, random.fork());
    }
  }

  private async strikeAlone(fault: Fault, random: Random): Promise<void> {
    for (let other = this.struckNow.get(fault.strikes); other; other = this.struckNow.get(fault.strikes)) await other;
    this.tell(fault.name);
    const struck = fault.strike(random);
    this.struckNow.set(fault.strikes, struck);
    await struck;
    this.struckNow.delete(fault.strikes);
    this.struck.set(fault.name, (this.struck.get(fault.name) ?? 0) + 1);
  }
}
