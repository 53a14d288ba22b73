/**
 * `npm run demo`: Foyer, an identity provider that it trusts and an application that trusts it, for somebody with a browser.
 * `npm run demo -- --check`: the same, gone through by a script in a fresh data directory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { demoPorts, DemoStage, requireFreePorts, type Demo, type DemoPorts } from './demo.js';
import { projectRoot } from './foyer-process.js';
import { people } from './identity-provider/index.js';
import { Walkthrough } from './walkthrough.js';

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

function invitation({ foyer, identityProvider, application, secrets }: Demo, logFile: string): string {
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
  Log                 ${relative(process.cwd(), logFile)}

  Ctrl-C stops everything.`;
}

/** @returns the exit code */
async function serve(ports: DemoPorts): Promise<number> {
  const stage = new DemoStage({ ports, dataDir: join(projectRoot(), 'data/demo') });
  const stop = stopRequested().then(() => 'stop' as const);
  try {
    say('Starting Foyer …');
    const started = await Promise.race([stage.start(), stop]);
    if (started === 'stop') return 0;
    say(invitation(started, stage.logFile));
    const reason = await Promise.race([stop, started.foyer.ended]);
    if (reason === 'stop') {
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
async function check(ports: DemoPorts): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'foyer-demo-'));
  const stage = new DemoStage({ ports, dataDir });
  const interrupted = stopRequested().then(() => Promise.reject(new Error('Interrupted')));
  let demo: Demo | undefined;
  try {
    const begun = performance.now();
    demo = await Promise.race([stage.start(), interrupted]);
    say(`✓ Foyer is ready at ${demo.foyer.url} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
    const [person] = people;
    if (!person) throw new Error('The identity provider has nobody in it');
    await Promise.race([new Walkthrough(demo, say).run(person), interrupted]);
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

async function main(parameters: readonly string[]): Promise<number> {
  if (parameters.some((parameter) => parameter !== '--check')) {
    complain('usage: npm run demo [-- --check]');
    return 1;
  }
  try {
    const ports = demoPorts(process.env['DEMO_PORT']);
    await requireFreePorts(ports);
    return await (parameters.includes('--check') ? check(ports) : serve(ports));
  } catch (error) {
    complain(error);
    return 1;
  }
}

process.exit(await main(process.argv.slice(2)));
