import { v7 } from 'uuid';

/** Where the time comes from. Passed in, so that tests and `plan()` decide what time it is. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Nest token of the {@link Clock}. */
export const CLOCK = Symbol('Clock');

export const systemClock: Clock = { now: () => Date.now() };

/** A new id for a row: UUID version 7 (RFC 9562 §5.7), so that ids sort by the time at which they were minted. */
export const newId = (): string => v7();
