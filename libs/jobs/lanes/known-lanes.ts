/** Which lanes there are: one for each identity provider, one for each connector. Implemented where those are configured. */
export interface KnownLanes {
  has(lane: string): Promise<boolean>;
}

/** Nest token of {@link KnownLanes}. */
export const KNOWN_LANES = Symbol('KnownLanes');
