import { v7 } from 'uuid';

/** Where the time comes from. Passed in, so that tests and `plan()` decide what time it is. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Nest token of the {@link Clock}. */
export const CLOCK = Symbol('Clock');

export const systemClock: Clock = { now: () => Date.now() };

/** By how many whole seconds a clock is ahead of this machine's, which libraries that are given none go by. */
export const aheadSeconds = (clock: Clock): number => Math.round((clock.now() - systemClock.now()) / 1000);

/** A new id for a row: UUID version 7 (RFC 9562 §5.7), so that ids sort by the time at which they were minted. */
export const newId = (): string => v7();
