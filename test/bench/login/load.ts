/**
 * The load generator, in a process of its own: for every order it gets from the parent it does that many logins and reports how long each took.
 * A login is the whole journey of a new browser (journey.ts).
 */
import { Agent, type ClientRequestArgs } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createRemoteJWKSet } from 'jose';
import { Browser } from './browser.js';
import { logIn } from './journey.js';
import { applicationClient } from './parties.js';

export interface Order {
  readonly origin: string;
  /** The application's client id. */
  readonly client: string;
  readonly logins: number;
  readonly concurrency: number;
  /** Persons are `{prefix}{n}`, counted from `from`. */
  readonly prefix: string;
  readonly from: number;
  /** Ports of the servers that share the work, whose one address `origin` is; that of `origin` alone unless told. */
  readonly ports?: readonly number[];
  /** Whether the application asks for the claims, too: part of the login then. */
  readonly userinfo?: boolean;
  /** So many logins begin in a second, however long others take; as many at a time as `concurrency` says unless told. */
  readonly perSecond?: number;
}

export interface Report {
  /** Milliseconds that each login took. */
  readonly durations: number[];
  readonly elapsedMs: number;
}

const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

function keysOf(origin: string): ReturnType<typeof createRemoteJWKSet> {
  const known =
    keySets.get(origin) ?? createRemoteJWKSet(new URL(`${origin}${origin === process.env.BENCH_FOYER ? '/oauth2/jwks' : '/jwks'}`));
  keySets.set(origin, known);
  return known;
}

async function login({ origin, client, userinfo = false }: Order, person: string, agent: Agent): Promise<void> {
  const paths =
    origin === process.env.BENCH_FOYER
      ? { authorize: '/oauth2/authorize', token: '/oauth2/token', userinfo: '/oauth2/userinfo' }
      : { authorize: '/auth', token: '/token', userinfo: '/me' };
  const [redirectUri] = applicationClient.redirect_uris;
  const parties = { origin, paths, keys: keysOf(origin), client: { id: client, secret: applicationClient.client_secret, redirectUri } };
  const browser = new Browser(agent);
  const { idToken, accessToken } = await logIn(browser, parties, { login_hint: person });
  if (!userinfo) return;
  const claims = await browser.request(`${origin}${paths.userinfo}`, { headers: { authorization: `Bearer ${accessToken}` } });
  const { sub, family_name: name } = JSON.parse(claims.body) as Partial<Record<string, string>>;
  if (sub !== idToken.sub || name !== person) throw new Error(`wrong claims of ${person}: ${claims.body}`);
}

/** Opens each connection to one address at the next of several servers, as a balancer of connections does: the requests of a login go to any of them. */
class BalancingAgent extends Agent {
  private turn = 0;

  constructor(
    { origin }: Order,
    private readonly ports: readonly number[],
    maxSockets: number,
    private readonly address = new URL(origin).port,
  ) {
    super({ keepAlive: true, maxSockets, scheduling: 'fifo' });
  }

  override createConnection(...[options, callback]: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    return super.createConnection({ ...options, port: this.portFor(options) }, callback);
  }

  private portFor({ port }: ClientRequestArgs): ClientRequestArgs['port'] {
    return String(port) === this.address ? this.ports[(this.turn += 1) % this.ports.length] : port;
  }
}

async function carryOut(order: Order): Promise<Report> {
  const { concurrency, ports, perSecond } = order;
  const maxSockets = perSecond === undefined ? concurrency * 2 : Number.POSITIVE_INFINITY;
  const agent = ports ? new BalancingAgent(order, ports, maxSockets) : new Agent({ keepAlive: true, maxSockets });
  const durations: number[] = [];
  let begun = 0;
  const started = performance.now();
  const next = async (): Promise<void> => {
    const person = `${order.prefix}${order.from + begun}`;
    begun += 1;
    const before = performance.now();
    await login(order, person, agent);
    durations.push(performance.now() - before);
  };
  const lane = async (): Promise<void> => {
    while (begun < order.logins) await next();
  };
  const inTime = async (_: unknown, number: number): Promise<void> => {
    await delay((number * 1000) / (perSecond ?? 1));
    await next();
  };
  await Promise.all(perSecond === undefined ? Array.from({ length: concurrency }, lane) : Array.from({ length: order.logins }, inTime));
  agent.destroy();
  return { durations, elapsedMs: performance.now() - started };
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.send?.('ready');
