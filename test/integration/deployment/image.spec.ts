import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { validate } from 'dockerfile-utils';
import { projectRoot } from '../../../apps/demo/foyer-process.js';
import { freePorts } from '../../../apps/demo/ports.js';
import { build } from '../../../scripts/build.mjs';
import { testDatabase } from '../../support/mariadb.js';
import { TestRedis } from '../../support/redis.js';
import { argumentsOf, copiesOf, dockerfile, layImage, stages, wordsOf } from '../../support/image.js';
import { until } from '../../e2e/site.js';

/** Milliseconds for a start, which shares the machine with other tests. */
const patienceMs = 60_000;
const last = stages().at(-1) ?? [];
const instruction = (keyword: string) => last.find((each) => each.getKeyword() === keyword);

describe('the Dockerfile', () => {
  test('has no fault', () => {
    expect(validate(dockerfile)).toEqual([]);
  });

  test('copies only what .dockerignore lets into the build, which begins by letting nothing in', () => {
    const [first, ...rules] = readFileSync(join(projectRoot(), '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(first).toBe('*');
    const allowed = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
    const copied = stages()
      .flatMap(copiesOf)
      .flatMap(({ from, sources }) => (from === undefined ? sources : []));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect([path, allowed.some((rule) => path === rule || path.startsWith(`${rule}/`))]).toEqual([path, true]);
      expect([path, statSync(join(projectRoot(), path), { throwIfNoEntry: false }) !== undefined]).toEqual([path, true]);
    }
  });

  test('ends as an image that runs as nobody in particular, without what was needed to build it', () => {
    expect(stages()).toHaveLength(2);
    expect(argumentsOf(instruction('USER')!)).toEqual(['1000:1000']);
    expect(wordsOf(instruction('ENTRYPOINT'))).toEqual(['tini', '--', 'foyer']);
    expect(wordsOf(instruction('CMD'))).toEqual(['server']);
    const installed = last.filter((each) => each.getKeyword() === 'RUN').map(String);
    expect(installed.join()).not.toMatch(/g\+\+|python|npm/);
  });
});

describe('what the image has in it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-image-'));
  const [app, data] = [join(folder, 'app'), join(folder, 'data')];
  // Root may write everywhere; the user of the image, nowhere.
  const user = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

  beforeAll(() => {
    if (!build()) throw new Error('The build failed');
    layImage(app);
    mkdirSync(data, { mode: 0o700 });
    if (user.uid) chownSync(data, user.uid, user.gid);
    chmodSync(folder, 0o755);
  }, 60_000);
  const running: ChildProcess[] = [];
  afterAll(() => {
    for (const process of running) process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    FOYER_DATA_DIR: data,
    ...more,
  });

  /** Starts what the image runs by this command, waits until it is healthy and ready, and ends it. @returns what it printed */
  async function runThrough(command: string, env: NodeJS.ProcessEnv): Promise<string> {
    const child = spawn('sh', [join(app, 'foyer'), command], { env, ...user, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const healthy = (): boolean => {
      const [program = '', ...words] = wordsOf(instruction('HEALTHCHECK'));
      return spawnSync(program, words, { env, ...user }).status === 0;
    };
    expect(healthy()).toBe(false);
    for (const deadline = Date.now() + patienceMs; !healthy(); await delay(100)) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The ${command} is not healthy:\n${said}`);
    }
    await until(`the ${command} is ready`, async () => (await fetch(`http://127.0.0.1:${env['PORT']}/health/ready`)).ok);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    return said;
  }

  test('is a server that starts, is healthy by the check of the image, and ends in order', async () => {
    expect(await runThrough('server', environment({ PORT: String(await freePorts()) }))).toContain('Password of the user admin');
    expect(readdirSync(data)).toEqual(expect.arrayContaining(['foyer.db', 'secret.key', 'state.db']));
  }, 90_000);

  test('is a worker, too, and writes nothing in a cluster', async () => {
    const [database, redis] = [await testDatabase(), await TestRedis.start()];
    const before = readdirSync(data);
    const cluster = { FOYER_DATABASE_URL: database.url, FOYER_REDIS_URL: redis.url, FOYER_SECRET_KEY: 'A'.repeat(43) };
    await runThrough('worker', environment({ PORT: String(await freePorts()), ...cluster }));
    expect(readdirSync(data)).toEqual(before);
  }, 90_000);

  test.each([
    [['help'], 0, 'Usage: foyer COMMAND'],
    [['export'], 0, 'domain: PRIMARY'],
    [['theme', 'init', join(data, 'themes')], 0, 'sign-in.hbs'],
    [['nonsense'], 1, ''],
  ])('is the command line, too: foyer %j', (words, status, output) => {
    const done = spawnSync('sh', [join(app, 'foyer'), ...words], { env: environment(), ...user, encoding: 'utf8' });
    expect({ status: done.status, said: done.stdout + done.stderr }).toEqual({ status, said: expect.stringContaining(output) });
  });

  test('starts processes with the flags of npm start', () => {
    const { scripts } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as {
      scripts: { start: string; 'start:worker': string };
    };
    const flags = (command: string | undefined): string[] => command?.match(/--[\w-]+(?:=\S+)?/g) ?? [];
    const own = readFileSync(join(app, 'foyer'), 'utf8')
      .split('\n')
      .find((line) => line.includes('server | worker'));
    expect(flags(scripts.start).length).toBeGreaterThan(0);
    expect([flags(own), flags(scripts['start:worker'])]).toEqual([flags(scripts.start), flags(scripts.start)]);
  });

  test('has nothing that is for development', () => {
    expect(readdirSync(app).sort()).toEqual(['dist', 'foyer', 'node_modules', 'package.json']);
    expect(readdirSync(join(app, 'dist/apps')).sort()).toEqual(['server', 'shared', 'worker']);
    for (const name of ['jest', '@swc', 'oxlint', 'playwright-core', 'dockerfile-ast']) {
      expect([name, readdirSync(join(app, 'node_modules')).includes(name)]).toEqual([name, false]);
    }
  });
});
