import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { demoPorts, DemoStage, requireFreePorts, type Demo, type DemoPorts, type StartFoyer } from './demo.js';
import { projectRoot } from './foyer-process.js';
import { people, type Person } from './identity-provider/index.js';
import type { Print } from './walkthrough.js';

/** A demo: which Foyer it is of, and what there is to see. */
export interface DemoKind {
  /** What starts it, for messages. */
  readonly command: string;
  /** Below `data/`. */
  readonly folder: string;
  /** The name of its log there, or of all of them. */
  readonly logs: string;
  /** What is said while it starts. */
  readonly starting: string;
  /** One process on SQLite unless told. */
  readonly startFoyer?: StartFoyer;
  /** Goes through it as a person would. @throws Error that says what was expected and what came instead */
  readonly steps: (demo: Demo, print: Print, person: Person) => Promise<void>;
  /** Lines that the invitation has besides. */
  readonly besides?: (demo: Demo) => readonly string[];
  /** Shows what happens while people look around, until told to stop. */
  readonly watch?: (demo: Demo, print: Print, stopped: Promise<unknown>) => Promise<void>;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (error: unknown): void => void process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);

/** Resolves at the first Ctrl-C, `kill` or closing of the terminal; the second ends the process at once. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}

function invitation({ foyer, identityProvider, application, secrets }: Demo, logs: string, besides: readonly string[]): string {
  const rows = people.map(
    ({ username, password, claims }) => `      ${username.padEnd(10)}${password.padEnd(14)}${String(claims['name'])}`,
  );
  return `
The demo is running.

  1. Open ${application.url} and press “Log in”.
  2. Foyer sends you to the identity provider. Log in there as one of:

      ${'username'.padEnd(10)}${'password'.padEnd(14)}name
${rows.join('\n')}

  3. The application shows what Foyer told it. Your account, which that login made: ${foyer.url}/account

  Foyer               ${foyer.url}
  Identity provider   ${identityProvider.issuer}
  Admin API           ${foyer.url}/api/docs (user admin, password ${secrets.adminPassword})
  Settings            apps/demo/demo.yaml
  Log                 ${relative(process.cwd(), logs)}
${besides.map((line) => `  ${line}\n`).join('')}
  Ctrl-C stops everything.`;
}

/** @returns the exit code */
async function serve(ports: DemoPorts, kind: DemoKind): Promise<number> {
  const dataDir = join(projectRoot(), 'data', kind.folder);
  const stage = new DemoStage({ ports, dataDir, startFoyer: kind.startFoyer });
  const stop = stopRequested().then(() => 'stop' as const);
  try {
    say(kind.starting);
    const started = await Promise.race([stage.start(), stop]);
    if (started === 'stop') return 0;
    say(invitation(started, join(dataDir, kind.logs), kind.besides?.(started) ?? []));
    const ended = Promise.race([stop, started.foyer.ended]);
    await kind.watch?.(started, say, ended);
    if ((await ended) === 'stop') {
      say('\nStopping …');
      return 0;
    }
    complain(`Foyer ended by itself (${started.foyer.exit}). The last that it printed:\n${started.foyer.output}`);
    return 1;
  } finally {
    await stage.stop();
  }
}

/** @returns the exit code */
async function check(ports: DemoPorts, kind: DemoKind): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), `foyer-${kind.folder}-`));
  const stage = new DemoStage({ ports, dataDir, startFoyer: kind.startFoyer });
  const interrupted = stopRequested().then(() => Promise.reject(new Error('Interrupted')));
  let demo: Demo | undefined;
  try {
    const begun = performance.now();
    demo = await Promise.race([stage.start(), interrupted]);
    say(`✓ Foyer is ready at ${demo.foyer.url} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
    const [person] = people;
    if (!person) throw new Error('The identity provider has nobody in it');
    await Promise.race([kind.steps(demo, say, person), interrupted]);
    say('\nThe demo works.');
    return 0;
  } catch (error) {
    say(`✗ ${error instanceof Error ? error.message : String(error)}`);
    if (demo) say(`\nThe last that Foyer printed:\n${demo.foyer.output}`);
    return 1;
  } finally {
    await stage.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** @returns the exit code */
export async function runDemo(parameters: readonly string[], kind: DemoKind): Promise<number> {
  if (parameters.some((parameter) => parameter !== '--check')) {
    complain(`usage: ${kind.command} [-- --check]`);
    return 1;
  }
  try {
    const ports = demoPorts(process.env['DEMO_PORT']);
    await requireFreePorts(ports, kind.command);
    return await (parameters.includes('--check') ? check(ports, kind) : serve(ports, kind));
  } catch (error) {
    complain(error);
    return 1;
  }
}
