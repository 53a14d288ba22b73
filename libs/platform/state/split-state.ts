import type { ShortLivedState, StateEntry, StateWrite } from './short-lived-state.js';

type Named = StateEntry & { readonly id: string };

/**
 * The short-lived state of a cluster: most of it in Redis, which may lose it, and in the database what must outlive that. A lost Redis ends logins and
 * sessions. It does not end refresh tokens and what they stand on, make anything usable twice, or let anybody guess on: these kinds, and all counters,
 * are in the database.
 */
export class SplitState implements ShortLivedState {
  private readonly durable: ReadonlySet<string>;

  /** @param durable the kinds that are kept in the database */
  constructor(
    private readonly redis: ShortLivedState,
    private readonly database: ShortLivedState,
    durable: readonly string[],
  ) {
    this.durable = new Set(durable);
  }

  get(kind: string, id: string): Promise<StateEntry | undefined> {
    return this.of(kind).get(kind, id);
  }

  getByAlias(kind: string, alias: string): Promise<Named | undefined> {
    return this.of(kind).getByAlias(kind, alias);
  }

  put(kind: string, id: string, write: StateWrite): Promise<void> {
    return this.of(kind).put(kind, id, write);
  }

  create(kind: string, id: string, write: StateWrite): Promise<boolean> {
    return this.of(kind).create(kind, id, write);
  }

  replace(kind: string, id: string, version: number, write: Pick<StateWrite, 'value' | 'expiresAt'>): Promise<boolean> {
    return this.of(kind).replace(kind, id, version, write);
  }

  take(kind: string, id: string): Promise<StateEntry | undefined> {
    return this.of(kind).take(kind, id);
  }

  remove(kind: string, id: string): Promise<void> {
    return this.of(kind).remove(kind, id);
  }

  /** The database first: what everything else stands on is there, so that nothing is given any more even if Redis cannot be reached. */
  async removeGroup(group: string): Promise<void> {
    await this.database.removeGroup(group);
    await this.redis.removeGroup(group);
  }

  listGroup(kind: string, group: string, limit: number): Promise<Named[]> {
    return this.of(kind).listGroup(kind, group, limit);
  }

  count(kind: string, id: string, windowMs: number): Promise<{ count: number; expiresAt: number }> {
    return this.database.count(kind, id, windowMs);
  }

  counted(kind: string, id: string): Promise<{ count: number; expiresAt: number }> {
    return this.database.counted(kind, id);
  }

  keepExpired(kind: string): void {
    this.of(kind).keepExpired(kind);
  }

  /** One that does not work does not keep the other from being swept. */
  async sweep(limit: number, kinds: readonly string[]): Promise<{ removed: number; entries: (Named & { kind: string })[] }> {
    const swept = await Promise.allSettled([
      this.redis.sweep(
        limit,
        kinds.filter((kind) => !this.durable.has(kind)),
      ),
      this.database.sweep(
        limit,
        kinds.filter((kind) => this.durable.has(kind)),
      ),
    ]);
    const done = swept.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const entries = done.flatMap((one) => one.entries);
    const failed = swept.find((one) => one.status === 'rejected');
    // What was taken out is told now or never; the next sweep says what fails.
    if (failed && entries.length === 0) throw failed.reason;
    return { removed: done.reduce((sum, { removed }) => sum + removed, 0), entries };
  }

  async ping(): Promise<void> {
    await Promise.all([this.redis.ping(), this.database.ping()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.redis.close(), this.database.close()]);
  }

  private of(kind: string): ShortLivedState {
    return this.durable.has(kind) ? this.database : this.redis;
  }
}
