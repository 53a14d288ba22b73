import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet } from 'jose';
import { projectRoot } from '../../apps/demo/foyer-process.js';
import { freePorts } from '../../apps/demo/ports.js';
import { RoundRobin } from '../../apps/demo/round-robin.js';
import { build } from '../../scripts/build.mjs';
import type { Parties } from '../bench/login/journey.js';
import { DurableMariadb } from '../support/durable-mariadb.js';
import { TestRedis } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { Member } from './member.js';
import { attributeMappings, claimsOf, providers, readHint, roleMappings } from './people.js';

const client = { id: 'intranet', secret: 'the-secret-of-the-intranet', redirectUri: 'https://intranet.example/callback' };

/** All that takes part, each in a process of its own but for what stands in for the world outside: the identity provider, the proxy and the wire. */
export class Territory {
  private constructor(
    /** Foyer's own database. */
    readonly mariadb: DurableMariadb,
    /** The user store CORP. */
    readonly corp: DurableMariadb,
    /** Between workers and the user store CORP. */
    readonly wire: TcpProxy,
    readonly redis: TestRedis,
    readonly servers: readonly Member[],
    readonly workers: readonly Member[],
    /** The application, and where it sends people. */
    readonly parties: Parties,
    /** Where the logs of all processes are. */
    readonly folder: string,
    private readonly outside: readonly { close(): Promise<void> }[],
  ) {}

  static async found(): Promise<Territory> {
    if (!build()) throw new Error('The build failed');
    const [mariadb, corp, redis, proxy, provider] = await Promise.all([
      DurableMariadb.start('foyer'),
      DurableMariadb.start('corp'),
      TestRedis.start(),
      RoundRobin.start(),
      ScriptedProvider.start(0, personOf),
    ]);
    const wire = await TcpProxy.start({ host: '127.0.0.1', port: corp.port });
    const folder = mkdtempSync(join(tmpdir(), 'foyer-chaos-'));
    const settings = join(folder, 'site.yaml');
    writeFileSync(settings, JSON.stringify(siteSettings(provider.issuer, wire.inFrontOf(corp.url))));
    const env = {
      FOYER_DATABASE_URL: mariadb.url,
      FOYER_REDIS_URL: redis.url,
      FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
      FOYER_PUBLIC_URL: proxy.url,
    };
    const member = async (name: string, program: string, more: Readonly<Record<string, string>> = {}): Promise<Member> => {
      const place = { port: await freePorts(), dataDir: join(folder, name), logFile: join(folder, `${name}.log`) };
      return new Member(name, { ...place, program: join(projectRoot(), 'dist/apps', program, 'main.js'), env: { ...env, ...more } });
    };
    const servers = [
      await member('server-1', 'server', { FOYER_CONFIG: settings }),
      await member('server-2', 'server', { FOYER_CONFIG: settings }),
    ];
    const workers = [await member('worker-1', 'worker'), await member('worker-2', 'worker'), await member('worker-3', 'worker')];
    proxy.servers = servers.map(({ port }) => port);
    const keys = createRemoteJWKSet(new URL(`${proxy.url}/oauth2/jwks`));
    const parties = { origin: proxy.url, paths: { authorize: '/oauth2/authorize', token: '/oauth2/token' }, keys, client };
    const territory = new Territory(mariadb, corp, wire, redis, servers, workers, parties, folder, [proxy, provider, wire]);
    await Promise.all(servers.map((server) => server.start()));
    await Promise.all(workers.map((worker) => worker.start()));
    return territory;
  }

  get members(): readonly Member[] {
    return [...this.servers, ...this.workers];
  }

  /** @param keepsLogs for whoever has to find out what happened */
  async close({ keepsLogs }: { readonly keepsLogs: boolean }): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()));
    await Promise.all([...this.outside.map((one) => one.close()), this.mariadb.close(), this.corp.close(), this.redis.stop()]);
    if (!keepsLogs) rmSync(this.folder, { recursive: true, force: true });
  }
}

function personOf(hint: string): { sub: string; claims: Readonly<Record<string, unknown>> } {
  const { person, number } = readHint(hint);
  return { sub: `subject-of-${person}`, claims: claimsOf(person, number) };
}

const siteSettings = (issuer: string, corpUrl: string): object => ({
  userStores: [{ domain: 'CORP', type: 'sql', sql: { url: corpUrl, timeoutMs: 1_000 } }],
  identityProviders: Object.entries(providers).map(([name, userStore]) => ({
    name,
    protocol: 'oidc',
    oidc: { issuer, clientId: 'foyer', clientSecret: `secret of Foyer at ${name}` },
    claims: { userId: 'preferred_username', roles: 'groups', mappings: attributeMappings },
    roles: { mappings: roleMappings },
    jit: { enabled: true, mode: 'nonBlocking', userStore },
  })),
  applications: [
    {
      name: client.id,
      protocol: 'oidc',
      oidc: { clientId: client.id, clientSecret: client.secret, redirectUris: [client.redirectUri] },
      login: { identityProviders: Object.keys(providers), local: false },
      claims: { requested: ['givenName'], idToken: ['givenName'] },
    },
  ],
});
