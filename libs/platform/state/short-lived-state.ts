/** One piece of short-lived state: a login, a session, an artefact of OpenID Connect. */
export interface StateEntry {
  /** Any JSON value. */
  readonly value: unknown;
  /** Counts the writes: what {@link ShortLivedState.replace} compares. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface StateWrite {
  readonly value: unknown;
  /** Milliseconds since the epoch. An expired entry is not found any more, swept or not. */
  readonly expiresAt: number;
  /** Names under which the entry can be listed or removed together with others, such as `grant:…` or `user:…`. At most 4. */
  readonly groups?: readonly string[];
  /** A second, unique name of the entry within its kind. */
  readonly alias?: string;
}

/**
 * State that lives for minutes or hours, shared by all servers. Every operation is atomic by itself, and survives a killed process.
 * `kind` names a family of entries (`login`, `Session`, `AuthorizationCode`); an id is unique within its kind.
 */
export interface ShortLivedState {
  get(kind: string, id: string): Promise<StateEntry | undefined>;
  getByAlias(kind: string, alias: string): Promise<(StateEntry & { id: string }) | undefined>;
  /** Creates or overwrites. */
  put(kind: string, id: string, write: StateWrite): Promise<void>;
  /** Creates, unless a living entry has the id already. Returns whether it did: the atomic "first one wins". */
  create(kind: string, id: string, write: StateWrite): Promise<boolean>;
  /**
   * Overwrites value and expiry if the stored version still is `version`; groups and alias stay. Returns whether it did: the atomic
   * compare-and-set.
   */
  replace(kind: string, id: string, version: number, write: Pick<StateWrite, 'value' | 'expiresAt'>): Promise<boolean>;
  /** Removes and returns: of many callers one gets it. */
  take(kind: string, id: string): Promise<StateEntry | undefined>;
  remove(kind: string, id: string): Promise<void>;
  /** Removes every entry of the group, of all kinds. */
  removeGroup(group: string): Promise<void>;
  /** The living entries of one kind in a group, newest first, at most `limit`. */
  listGroup(kind: string, group: string, limit: number): Promise<(StateEntry & { id: string })[]>;
  /** Adds one to a counter that starts again after `windowMs`. Returns the count, and when the window ends. */
  count(kind: string, id: string, windowMs: number): Promise<{ count: number; expiresAt: number }>;
  /** Reads a counter without adding to it. */
  counted(kind: string, id: string): Promise<{ count: number; expiresAt: number }>;
  /** Says, before the first of them is written, that entries of the kind stay after they expired until a sweep has returned them. */
  keepExpired(kind: string): void;
  /** Takes out at most `limit` expired entries and returns those of the given kinds, which are kept. Run in the background, again and again. */
  sweep(limit: number, kinds: readonly string[]): Promise<{ removed: number; entries: (StateEntry & { kind: string; id: string })[] }>;
  /** Throws when it does not work. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Nest token of {@link ShortLivedState}. */
export const SHORT_LIVED_STATE = Symbol('ShortLivedState');
