/**
 * The load generator, in a process of its own: for every order it gets from the parent it does that many logins and reports how long each took.
 * A login is the whole journey of a new browser: authorize, every redirect, code, token, ID token checked.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Agent, type ClientRequestArgs } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Browser, type Answer } from './browser.js';
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
}

export interface Report {
  /** Milliseconds that each login took. */
  readonly durations: number[];
  readonly elapsedMs: number;
}

const redirectUri = applicationClient.redirect_uris[0];
const basicOf = (client: string): string => `Basic ${Buffer.from(`${client}:${applicationClient.client_secret}`).toString('base64')}`;
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
  const browser = new Browser(agent);
  const verifier = randomBytes(32).toString('base64url');
  const [state, nonce] = [randomBytes(16).toString('base64url'), randomBytes(16).toString('base64url')];
  const query = new URLSearchParams({
    client_id: client,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: person,
  });
  let next = `${origin}${paths.authorize}?${query.toString()}`;
  for (let hops = 0; !next.startsWith(redirectUri); hops += 1) {
    const answer = agreement(next, await browser.request(next));
    const { location } = 'form' in answer ? await browser.request(answer.form, answer) : answer;
    if (!location || hops > 10) throw new Error(`${next} answered ${JSON.stringify(answer).slice(0, 500)}`);
    next = location;
  }
  const back = new URL(next).searchParams;
  if (back.get('state') !== state) throw new Error(`no success: ${next}`);
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: back.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  const headers = { authorization: basicOf(client), 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await browser.request(`${origin}${paths.token}`, { method: 'POST', headers, body: body.toString() });
  const tokens = JSON.parse(answer.body) as Partial<Record<string, string>>;
  const { payload } = await jwtVerify(tokens.id_token ?? '', keysOf(origin), { issuer: origin, audience: client });
  if (payload.nonce !== nonce || !payload.sub) throw new Error(`a wrong ID token: ${JSON.stringify(payload)}`);
  if (!userinfo) return;
  const claims = await browser.request(`${origin}${paths.userinfo}`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const { sub, family_name: name } = JSON.parse(claims.body) as Partial<Record<string, string>>;
  if (sub !== payload.sub || name !== person) throw new Error(`wrong claims of ${person}: ${claims.body}`);
}

/** The form that agrees to everything, when Foyer shows a page that asks. */
function agreement(
  address: string,
  answer: Answer,
): Answer | { form: string; method: string; headers: Record<string, string>; body: string } {
  const action = /action="([^"]+\/prompt)"/.exec(answer.body)?.[1];
  if (answer.status !== 200 || action === undefined) return answer;
  const fields = answer.body.slice(answer.body.indexOf(action), answer.body.indexOf('</form>'));
  const inputs = [...fields.matchAll(/<input type="(?:hidden|checkbox)" name="([^"]*)" value="([^"]*)"/g)];
  const body = new URLSearchParams();
  for (const [, name = '', value = ''] of inputs) body.append(name, value.replaceAll('&quot;', '"').replaceAll('&#x3D;', '='));
  body.set('decision', 'agree');
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { form: new URL(action, address).href, method: 'POST', headers, body: body.toString() };
}

/** Opens each connection to one address at the next of several servers, as a balancer of connections does: the requests of a login go to any of them. */
class BalancingAgent extends Agent {
  private turn = 0;

  constructor(
    { origin, concurrency }: Order,
    private readonly ports: readonly number[],
    private readonly address = new URL(origin).port,
  ) {
    super({ keepAlive: true, maxSockets: concurrency * 2, scheduling: 'fifo' });
  }

  override createConnection(...[options, callback]: Parameters<Agent['createConnection']>): ReturnType<Agent['createConnection']> {
    return super.createConnection({ ...options, port: this.portFor(options) }, callback);
  }

  private portFor({ port }: ClientRequestArgs): ClientRequestArgs['port'] {
    return String(port) === this.address ? this.ports[(this.turn += 1) % this.ports.length] : port;
  }
}

async function carryOut(order: Order): Promise<Report> {
  const { concurrency, ports } = order;
  const agent = ports ? new BalancingAgent(order, ports) : new Agent({ keepAlive: true, maxSockets: concurrency * 2 });
  const durations: number[] = [];
  let begun = 0;
  const started = performance.now();
  const lanes = Array.from({ length: concurrency }, async () => {
    while (begun < order.logins) {
      const person = `${order.prefix}${order.from + begun}`;
      begun += 1;
      const before = performance.now();
      await login(order, person, agent);
      durations.push(performance.now() - before);
    }
  });
  await Promise.all(lanes);
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
