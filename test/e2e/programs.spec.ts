import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../apps/demo/foyer-process.js';
import { outputOf } from '../../scripts/build.mjs';
import { Site } from './site.js';

/** The package that a file belongs to, if to one. */
const packageOf = (file: string): string | undefined => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
const packagesOf = (files: readonly string[]): Set<string> => new Set(files.map(packageOf).filter((name) => name !== undefined));

describe('the programs of dist/', () => {
  const programs = outputOf('product');
  const folder = mkdtempSync(join(tmpdir(), 'foyer-programs-'));
  const code: string[] = [];
  const sources: string[] = [];
  const loaded: string[] = [];
  let docs: Response;

  beforeAll(async () => {
    const loadedFiles = join(folder, 'loaded.json');
    const env = { NODE_OPTIONS: `--require=${join(projectRoot(), 'test/support/loaded-files.cjs')}`, LOADED_FILES: loadedFiles };
    const site = await Site.start({ settings: {}, env });
    docs = await fetch(`${site.url}/api/docs/swagger-ui.css`);
    await docs.body?.cancel();
    await site.stop();
    await site.close();
    loaded.push(...(JSON.parse(readFileSync(loadedFiles, 'utf8')) as string[]));
    const files = readdirSync(programs, { recursive: true, encoding: 'utf8' }).map((file) => join(programs, file));
    code.push(...files.filter((file) => file.endsWith('.js')));
    for (const map of files.filter((file) => file.endsWith('.js.map'))) {
      const listed = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
      sources.push(...listed.sources.map((source) => join(dirname(map), source)));
    }
  }, 90_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  test('hold the packages that a start needs, and load none of them a second time from node_modules', () => {
    const bundled = packagesOf(sources);
    expect([...bundled]).toEqual(
      expect.arrayContaining(['@nestjs/core', '@nestjs/swagger', 'class-validator', 'oidc-provider', 'typeorm']),
    );
    expect([...packagesOf(loaded)].filter((name) => bundled.has(name))).toEqual([]);
  });

  test('leave outside what is native and what looks for its own files', () => {
    expect(docs.status).toBe(200);
    expect([...packagesOf(loaded)]).toEqual(expect.arrayContaining(['better-sqlite3', '@node-rs/argon2', 'swagger-ui-dist', 'pino']));
    expect([...packagesOf(sources)].filter((name) => ['better-sqlite3', 'bull', 'ioredis', 'mysql2'].includes(name))).toEqual([]);
  });

  test('can be traced back to the sources', () => {
    expect(sources).toContain(join(projectRoot(), 'libs/login/flow.ts'));
  });

  test('do not say where they were built', () => {
    expect(code.length).toBeGreaterThan(10);
    expect(code.filter((file) => readFileSync(file, 'utf8').includes(projectRoot()))).toEqual([]);
  });
});
