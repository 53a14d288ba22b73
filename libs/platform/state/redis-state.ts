import type { Clock } from '../clock.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import type { RedisScript } from '../redis/redis-script.js';
import { redisKey, redisStateScripts as scripts, slackMs } from './redis-state-scripts.js';
import type { ShortLivedState, StateEntry, StateWrite } from './short-lived-state.js';

type Named = StateEntry & { readonly id: string };

/** How long an entry of a kind that is kept waits for a sweep, in milliseconds. */
const keptMs = 60 * 60_000;
/** Entries of a group that are removed at once: everybody else waits meanwhile. */
const slice = 1_000;

/**
 * Short-lived state in Redis, shared by all servers: for the cluster. Every operation is one command or one script, so atomic; only a group of more
 * than a thousand entries is removed in several. Whether an entry has expired is told by the clock of who asks; Redis clears away afterwards, by the
 * time that has passed. What Redis loses is gone: see `SplitState` for what must not be.
 */
export class RedisState implements ShortLivedState {
  private readonly kept = new Set<string>();

  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {}

  async get(kind: string, id: string): Promise<StateEntry | undefined> {
    return this.living(await this.redis.run((client) => client.get(redisKey.entry(kind, id))));
  }

  async getByAlias(kind: string, alias: string): Promise<Named | undefined> {
    const [id, raw] = texts(await this.run(scripts.getByAlias, redisKey.alias(kind, alias), kind, alias));
    const entry = this.living(raw);
    return entry && id !== undefined ? { ...entry, id } : undefined;
  }

  async put(kind: string, id: string, write: StateWrite): Promise<void> {
    await this.write(kind, id, write, false);
  }

  create(kind: string, id: string, write: StateWrite): Promise<boolean> {
    return this.write(kind, id, write, true);
  }

  async replace(
    kind: string,
    id: string,
    version: number,
    { value, expiresAt }: Pick<StateWrite, 'value' | 'expiresAt'>,
  ): Promise<boolean> {
    const now = this.clock.now();
    const until = Math.floor(expiresAt);
    const how = [kind, id, version, JSON.stringify(value), until, this.keepMs(kind, until, now), now] as const;
    return (await this.run(scripts.replace, redisKey.entry(kind, id), ...how)) === 1;
  }

  async take(kind: string, id: string): Promise<StateEntry | undefined> {
    const raw = await this.run(scripts.take, redisKey.entry(kind, id), kind, id);
    return this.living(typeof raw === 'string' ? raw : undefined);
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.take(kind, id);
  }

  /** What is in the group when this is called is gone when it resolves. */
  async removeGroup(group: string): Promise<void> {
    while ((await this.run(scripts.removeGroup, redisKey.group(group), group, slice)) === slice);
  }

  async listGroup(kind: string, group: string, limit: number): Promise<Named[]> {
    const found = texts(await this.run(scripts.listGroup, redisKey.group(group), kind, group, this.clock.now(), limit));
    return inTurn(found, 2).flatMap(([id = '', raw = '']) => {
      const entry = parse(raw);
      return entry ? { ...entry, id } : [];
    });
  }

  async count(kind: string, id: string, windowMs: number): Promise<{ count: number; expiresAt: number }> {
    const now = this.clock.now();
    return toCount(texts(await this.run(scripts.count, redisKey.count(kind, id), now, now + windowMs, windowMs + slackMs)));
  }

  async counted(kind: string, id: string): Promise<{ count: number; expiresAt: number }> {
    const raw = await this.redis.run((client) => client.get(redisKey.count(kind, id)));
    const counted = toCount(raw?.split(' ') ?? []);
    return counted.expiresAt > this.clock.now() ? counted : { count: 0, expiresAt: 0 };
  }

  keepExpired(kind: string): void {
    this.kept.add(kind);
  }

  async sweep(limit: number, kinds: readonly string[]): Promise<{ removed: number; entries: (Named & { kind: string })[] }> {
    const taken = inTurn(texts(await this.run(scripts.sweep, redisKey.expiring, this.clock.now(), limit)), 3);
    const entries = taken.flatMap(([kind = '', id = '', raw = '']) => {
      const entry = kinds.includes(kind) ? parse(raw) : undefined;
      return entry ? { ...entry, kind, id } : [];
    });
    return { removed: taken.length, entries };
  }

  ping(): Promise<void> {
    return this.redis.ping();
  }

  /** Connections are closed by who made them. */
  async close(): Promise<void> {}

  private async write(kind: string, id: string, write: StateWrite, isNew: boolean): Promise<boolean> {
    const now = this.clock.now();
    const until = Math.floor(write.expiresAt);
    const how = [this.namesOf(kind, write), JSON.stringify(write.value), until, this.keepMs(kind, until, now), now, isNew ? 1 : 0] as const;
    const written = await this.run(scripts.put, redisKey.entry(kind, id), kind, id, ...how);
    if (written === -1) throw new Error(`Another ${kind} has this alias`);
    return written === 1;
  }

  private namesOf(kind: string, { groups = [], alias }: StateWrite): string {
    if (groups.length > 4) throw new RangeError('An entry of short-lived state has at most 4 groups');
    const kept = this.kept.has(kind);
    if (groups.length === 0 && alias === undefined && !kept) return '';
    return JSON.stringify({ ...(groups.length > 0 && { g: groups }), a: alias, ...(kept && { k: 1 }) });
  }

  private keepMs(kind: string, expiresAt: number, now: number): number {
    return Math.max(0, expiresAt - now) + (this.kept.has(kind) ? keptMs : slackMs);
  }

  private living(raw: string | null | undefined): StateEntry | undefined {
    const entry = typeof raw === 'string' ? parse(raw) : undefined;
    return entry && entry.expiresAt > this.clock.now() ? entry : undefined;
  }

  private run(script: RedisScript, key: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.redis.run((client) => script.run(client, key, ...args));
  }
}

/** Undefined for what another version of Foyer, or somebody else, has written to our keys: then there is no entry. */
function parse(raw: string): StateEntry | undefined {
  const end = raw.indexOf('\n');
  const [, version, expiresAt] = /^(\d+) (\d+) /.exec(raw.slice(0, Math.max(end, 0))) ?? [];
  if (version === undefined || expiresAt === undefined) return undefined;
  try {
    return { value: JSON.parse(raw.slice(end + 1)) as unknown, version: Number(version), expiresAt: Number(expiresAt) };
  } catch {
    return undefined;
  }
}

const texts = (reply: unknown): string[] => (Array.isArray(reply) ? reply.map(String) : []);

function inTurn(values: readonly string[], count: number): string[][] {
  return Array.from({ length: values.length / count }, (_, index) => values.slice(index * count, (index + 1) * count));
}

const toCount = ([count = '0', expiresAt = '0']: readonly string[]) => ({ count: Number(count), expiresAt: Number(expiresAt) });
