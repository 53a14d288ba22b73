import { randomBytes } from 'node:crypto';
import { redisPrefix, type RedisClient, type RedisConnections } from '@foyer/platform';
import { jobStatuses } from '../store/job.row.js';
import type { JobChange, JobEvents, JobWatcher } from './job-events.js';
import { LatestChanges } from './latest-changes.js';
import { LocalJobEvents } from './local-job-events.js';

const channel = `${redisPrefix}job-events`;
/** Milliseconds for which changes are gathered, so that a busy worker costs Redis ten messages a second and not thousands. */
const gatherMs = 100;
/** Of more changes than this in a message nobody is told each: whoever watches looks again. */
const mostAtOnce = 500;

/**
 * Between the processes of a cluster, by publish and subscribe. Only who has a watcher listens. While Redis is away, a process tells its watchers of its
 * own changes alone.
 */
export class RedisJobEvents implements JobEvents {
  private readonly local = new LocalJobEvents();
  private readonly name = randomBytes(8).toString('base64url');
  private readonly outgoing = new LatestChanges(mostAtOnce);
  private readonly watchers = new Set<JobWatcher>();
  private timer: NodeJS.Timeout | undefined;
  private subscriber: RedisClient | undefined;

  constructor(private readonly redis: Pick<RedisConnections, 'connection' | 'client'>) {}

  publish(changes: readonly JobChange[]): void {
    if (changes.length === 0) return;
    this.local.publish(changes);
    this.outgoing.add(changes);
    this.timer ??= setTimeout(() => this.send(), gatherMs).unref();
  }

  subscribe(watcher: JobWatcher): () => void {
    const leave = this.local.subscribe(watcher);
    this.watchers.add(watcher);
    this.subscriber ??= this.listen();
    return () => {
      leave();
      this.watchers.delete(watcher);
      if (this.watchers.size === 0) this.rest();
    };
  }

  private send(): void {
    this.timer = undefined;
    const changes = this.outgoing.take();
    const message = JSON.stringify({ from: this.name, ...(changes && { changes }) });
    // Whoever is not told sees it when they look again, and that Redis is away is in the log.
    this.redis
      .connection('state')
      .run((client) => client.publish(channel, message))
      .catch(() => undefined);
  }

  private listen(): RedisClient {
    const client = this.redis.client('job-events', 'subscriber');
    client.on('message', (_: string, text: string) => this.heard(text));
    // Also after a connection that was lost: what was said meanwhile was not heard.
    client.on('ready', () => {
      client.subscribe(channel).then(
        () => this.missed(),
        () => undefined,
      );
    });
    client.connect().catch(() => undefined);
    return client;
  }

  private rest(): void {
    this.subscriber?.disconnect();
    this.subscriber = undefined;
  }

  private heard(text: string): void {
    const message = parsed(text);
    if (!message || message.from === this.name) return;
    if (message.changes) this.local.publish(message.changes);
    else this.missed();
  }

  private missed(): void {
    for (const watcher of this.watchers) watcher.missed();
  }
}

interface Message {
  readonly from: string;
  /** Undefined: very many. */
  readonly changes: readonly JobChange[] | undefined;
}

/** Undefined for what is none of ours, or of another version. */
function parsed(text: string): Message | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('from' in message) || typeof message.from !== 'string') return undefined;
  const changes: unknown = 'changes' in message ? message.changes : undefined;
  if (changes !== undefined && !(Array.isArray(changes) && changes.every(isChange))) return undefined;
  return { from: message.from, changes };
}

const isChange = (value: unknown): value is JobChange =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'status' in value &&
  jobStatuses.some((status) => status === value.status);
