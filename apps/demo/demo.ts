import { join } from 'node:path';
import { startApplication, type Application } from './application/index.js';
import { FoyerProcess, projectRoot, type FoyerOptions } from './foyer-process.js';
import { startIdentityProvider } from './identity-provider/index.js';
import { portProblem } from './ports.js';
import { demoSecrets, type DemoSecrets } from './secrets.js';

/** Where the three parties listen. */
export interface DemoPorts {
  readonly foyer: number;
  readonly identityProvider: number;
  readonly application: number;
}

const defaultPort = 8080;

/** @param base the value of `DEMO_PORT`. @throws Error when it is no port with two after it */
export function demoPorts(base: string | undefined): DemoPorts {
  const foyer = base === undefined || base === '' ? defaultPort : Number(base);
  if (!Number.isInteger(foyer) || foyer < 1 || foyer > 65_533) {
    throw new Error(`DEMO_PORT is “${base}”, and must be a number from 1 to 65533: the ports used are it and the next two`);
  }
  return { foyer, identityProvider: foyer + 1, application: foyer + 2 };
}

/** @param command what to run with another `DEMO_PORT`, for the message @throws Error that names every port that is not free */
export async function requireFreePorts(ports: DemoPorts, command = 'npm run demo'): Promise<void> {
  const roles = [
    ['Foyer', ports.foyer],
    ['the identity provider', ports.identityProvider],
    ['the application', ports.application],
  ] as const;
  const problems: string[] = [];
  for (const [role, port] of roles) {
    const problem = await portProblem(port);
    if (problem !== undefined) problems.push(`Port ${port}, for ${role}, ${problem}.`);
  }
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\nStop what uses it, or choose others: DEMO_PORT=9080 ${command}`);
}

/** Foyer, of however many processes. */
export interface RunningFoyer {
  /** Where browsers and applications reach it. */
  readonly url: string;
  /** The last lines that it printed. */
  readonly output: string;
  /** How it ended, for messages. */
  readonly exit: string;
  /** Resolves when it has ended, or a part of it without which it is none. */
  readonly ended: Promise<void>;
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Foyer at a port, with the settings of the demo. @param keep is told of what has been started, at once */
export type StartFoyer = (options: FoyerOptions, keep: (started: { close(): Promise<void> }) => void) => Promise<RunningFoyer>;

const oneProcess: StartFoyer = async (options) => FoyerProcess.start(options);

/** The three parties of a login, running. */
export interface Demo {
  readonly foyer: RunningFoyer;
  readonly identityProvider: { readonly issuer: string };
  readonly application: Application;
  readonly secrets: DemoSecrets;
}

export interface DemoOptions {
  readonly ports: DemoPorts;
  /** Foyer's data, log and the demo's secrets. */
  readonly dataDir: string;
  /** One process on SQLite unless told. */
  readonly startFoyer?: StartFoyer;
}

/** Starts the three parties and, at any moment, stops what has been started. */
export class DemoStage {
  private readonly closers: (() => Promise<void>)[] = [];
  private stopped = false;

  constructor(private readonly options: DemoOptions) {}

  /** @throws Error when a party does not start; what did start keeps running until {@link stop} */
  async start(): Promise<Demo> {
    const { ports, dataDir, startFoyer = oneProcess } = this.options;
    const secrets = demoSecrets(dataDir);
    const foyerUrl = `http://localhost:${ports.foyer}`;
    const identityProvider = this.keep(
      await startIdentityProvider({
        port: ports.identityProvider,
        clients: [
          {
            client_id: 'foyer',
            client_name: 'Foyer',
            client_secret: secrets.identityProviderSecret,
            redirect_uris: [`${foyerUrl}/federation/oidc/callback/demo-idp`],
          },
        ],
      }),
    );
    const application = this.keep(
      await startApplication({
        port: ports.application,
        foyerIssuer: foyerUrl,
        clientId: 'demo-app',
        clientSecret: secrets.applicationSecret,
      }),
    );
    if (this.stopped) throw new Error('The demo was stopped');
    const env = environment(secrets, identityProvider.issuer, application.url);
    const foyer = await startFoyer({ port: ports.foyer, dataDir, logFile: join(dataDir, 'foyer.log'), env }, (started) =>
      this.keep(started),
    );
    this.keep({ close: () => foyer.stop() });
    await foyer.ready();
    return { foyer, identityProvider, application, secrets };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const close of this.closers.splice(0).toReversed()) await close();
  }

  private keep<T extends { close(): Promise<void> }>(party: T): T {
    this.closers.push(() => party.close());
    if (this.stopped) void this.stop();
    return party;
  }
}

function environment(secrets: DemoSecrets, identityProviderUrl: string, applicationUrl: string): Record<string, string> {
  return {
    FOYER_CONFIG: join(projectRoot(), 'apps/demo/demo.yaml'),
    FOYER_ADMIN_PASSWORD: secrets.adminPassword,
    FOYER_ADMIN_CLIENT_SECRET: secrets.adminClientSecret,
    DEMO_IDENTITY_PROVIDER_URL: identityProviderUrl,
    DEMO_IDENTITY_PROVIDER_SECRET: secrets.identityProviderSecret,
    DEMO_APPLICATION_URL: applicationUrl,
    DEMO_APPLICATION_SECRET: secrets.applicationSecret,
    DEMO_JIT_MODE: 'blocking',
  };
}
