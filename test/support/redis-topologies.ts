import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './leashed-server.mjs';
import { startSentinel } from './redis-server.mjs';
import { atEnd, TestRedis } from './redis.js';

const patienceMs = 30_000;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await holds()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
  }
}

/** A primary, a replica, and three Sentinels that agree on who is who. */
export interface TestSentinel {
  /** `redis+sentinel://…` */
  readonly url: string;
  readonly primary: TestRedis;
  readonly replica: TestRedis;
}

/** Takes about three seconds: Sentinels find each other by saying hello every two. */
export async function testSentinel(): Promise<TestSentinel> {
  const primary = await TestRedis.start();
  const replica = await TestRedis.start('--replicaof', `127.0.0.1 ${primary.port}`);
  const configuration = [
    `sentinel monitor foyer 127.0.0.1 ${primary.port} 2`,
    'sentinel down-after-milliseconds foyer 500',
    'sentinel failover-timeout foyer 2000',
  ];
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(configuration)));
  for (const { stop } of sentinels) atEnd(stop);
  const clients = sentinels.map(({ port }) => new Redis(port, '127.0.0.1', { enableReadyCheck: false, disableClientInfo: true }));
  await until('the Sentinels know each other and the replica', async () => {
    const views = await Promise.all(clients.map((client) => client.call('SENTINEL', 'MASTER', 'foyer')));
    return views.every((view) => Array.isArray(view) && field(view, 'num-other-sentinels') === '2' && field(view, 'num-slaves') === '1');
  });
  for (const client of clients) client.disconnect();
  await until('the replica follows', async () => (await replica.admin.info('replication')).includes('master_link_status:up'));
  return { url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/foyer/0`, primary, replica };
}

/** A Redis Cluster of three nodes without replicas. */
export interface TestCluster {
  /** `redis+cluster://…` */
  readonly url: string;
  readonly nodes: readonly TestRedis[];
  /** The node that keeps all that is Foyer's: everything is in one slot. */
  readonly home: TestRedis;
}

const slots = 16_384;

async function startNode(): Promise<{ redis: TestRedis; bus: number }> {
  const bus = await freePort();
  return { redis: await TestRedis.start('--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000'), bus };
}

/** The value that follows a name in a reply that is a list of both. */
const field = (reply: readonly unknown[], name: string): unknown => reply[reply.indexOf(name) + 1];

/** Takes about two seconds: the nodes find each other by gossip. */
export async function testCluster(): Promise<TestCluster> {
  const started = await Promise.all([1, 2, 3].map(startNode));
  const nodes = started.map(({ redis }) => redis);
  await Promise.all(
    nodes.map(async ({ admin }, index) => {
      const [from, to] = [Math.ceil((slots / 3) * index), Math.ceil((slots / 3) * (index + 1)) - 1];
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
      await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    }),
  );
  const [first] = nodes;
  for (const { redis, bus } of started.slice(1)) await first?.admin.call('CLUSTER', 'MEET', '127.0.0.1', redis.port, bus);
  await until('the nodes are one cluster', async () => {
    const views = await Promise.all(nodes.map(({ admin }) => admin.call('CLUSTER', 'INFO')));
    return views.every((view) => String(view).includes('cluster_state:ok') && String(view).includes('cluster_known_nodes:3'));
  });
  const slot = Number(await first?.admin.call('CLUSTER', 'KEYSLOT', '{foyer}'));
  const home = nodes[Math.floor((slot * 3) / slots)];
  if (!home) throw new Error('No node has the slot');
  return { url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, nodes, home };
}
