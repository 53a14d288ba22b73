import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Body, Controller, Get, Inject, Module, NotFoundException, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IsString } from 'class-validator';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Database } from './database/database.js';
import { SettingsRevision1764000000000 } from './database/migrations/settings-revision.js';
import { FoyerError } from './errors/foyer-error.js';
import { configureEdge, jsonBody } from './http/edge.js';
import { ProblemFilter } from './http/problem-filter.js';
import { Public } from './http/public.js';
import { RateLimits } from './http/rate-limits.js';
import { createLogger } from './observability/logger.js';
import { Readiness } from './observability/readiness.js';
import { PlatformModule } from './platform.module.js';
import { loadSettings } from './settings/load.js';
import { SHORT_LIVED_STATE, type ShortLivedState } from './state/short-lived-state.js';
import { parseInput } from './validation/input.js';

class Numbers1764000000001 implements MigrationInterface {
  readonly name = 'Numbers1764000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE numbers (n integer)');
  }
  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable('numbers');
  }
}

class Thing {
  @IsString() name!: string;
}

@Controller('api/v1/things')
@Public()
class Things {
  @Post()
  create(@Body() body: unknown): Thing {
    return parseInput(Thing, body);
  }

  @Get('refused')
  refused(): void {
    throw new FoyerError('tooMany', 'thing.refused', 'Not now.', { retryAfter: 2.5, cause: new Error('password is hush') });
  }

  @Get('broken')
  broken(): void {
    throw new Error('SELECT hush FROM users');
  }

  @Get('absent')
  absent(): void {
    throw new NotFoundException('internal words');
  }
}

@Module({ controllers: [Things] })
class ThingsModule {
  constructor(@Inject(SHORT_LIVED_STATE) readonly state: ShortLivedState) {}
}

const lines: string[] = [];
let dir: string;
let app: NestExpressApplication;
let base: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'foyer-platform-'));
  const settings = loadSettings({ FOYER_DATA_DIR: dir, FOYER_DATABASE_URL: `sqlite:${join(dir, 'database', 'foyer.db')}` });
  const logger = createLogger({ logLevel: 'info' }, { write: (line: string) => void lines.push(line) });
  const schema = { entities: [], migrations: [SettingsRevision1764000000000, Numbers1764000000001] };
  @Module({ imports: [PlatformModule.forRoot({ settings, schema, logger }), ThingsModule] })
  class Root {}
  app = await NestFactory.create<NestExpressApplication>(Root, { bodyParser: false, logger: false });
  configureEdge(app, settings);
  app.use('/api', jsonBody());
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true });
});

const post = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json'): Promise<Response> =>
  fetch(`${base}/api/v1/things`, { method: 'POST', body, headers: { 'content-type': type } });
const problem = async (response: Response): Promise<unknown> => {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body: unknown = await response.json();
  expect(body).toMatchObject({ type: 'about:blank', status: response.status });
  return body;
};

test('migrations have run before anybody reads or writes', async () => {
  const database = app.get(Database);
  await database.transaction((tx) => tx.query('INSERT INTO numbers (n) VALUES (1)'));
  expect(await database.read.query('SELECT n FROM numbers')).toEqual([{ n: 1 }]);
});

test('the folder of the database is private', () => {
  expect(statSync(join(dir, 'database')).mode & 0o777).toBe(0o700);
});

test('health and metrics', async () => {
  expect(await (await fetch(`${base}/health/live`)).json()).toEqual({ status: 'up', checks: {} });
  const ready = await fetch(`${base}/health/ready`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({ status: 'up', checks: { server: 'up', database: 'up', state: 'up' } });
  expect(await (await fetch(`${base}/metrics`)).text()).toContain('foyer_process_resident_memory_bytes');
});

test('every answer carries the security headers', async () => {
  const { headers } = await fetch(`${base}/health/live`);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('good JSON arrives', async () => {
  expect(await (await post('{"name":"a"}')).json()).toEqual({ name: 'a' });
  expect((await post('{"name":"a"}', 'application/merge-patch+json')).status).toBe(201);
});

test('faults of the input are listed', async () => {
  const response = await post('{"name":1,"more":2}');
  expect(response.status).toBe(400);
  expect(await problem(response)).toMatchObject({
    title: 'Bad Request',
    code: 'input.invalid',
    errors: [
      { path: 'more', code: 'key.unknown' },
      { path: 'name', code: 'type.wrong', message: 'must be text' },
    ],
  });
});

test.each<[string, string | Uint8Array<ArrayBuffer>, string, number, string]>([
  ['no JSON', '{"name":', 'application/json', 400, 'body.malformed'],
  ['a scalar', '1', 'application/json', 400, 'body.malformed'],
  ['nothing', '', 'application/json', 400, 'input.invalid'],
  ['a form', 'name=a', 'application/x-www-form-urlencoded', 415, 'request.unsupportedMediaType'],
  ['more than 256 KiB', JSON.stringify({ name: 'x'.repeat(300_000) }), 'application/json', 413, 'request.tooLarge'],
  ['no UTF-8', new Uint8Array([0x7b, 0x22, 0x6e, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'application/json', 400, 'body.encoding'],
  ['another character set', '{}', 'application/json; charset=koi8-r', 415, 'request.unsupportedMediaType'],
])('a body that is %s is refused', async (_, body, type, status, code) => {
  const response = await post(body, type);
  expect(response.status).toBe(status);
  expect(await problem(response)).toMatchObject({ code });
});

test('an error shows its sentence and not its cause', async () => {
  const response = await fetch(`${base}/api/v1/things/refused`);
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('3');
  const body = await problem(response);
  expect(body).toMatchObject({ code: 'thing.refused', detail: 'Not now.' });
  expect(JSON.stringify(body)).not.toContain('hush');
});

test('what nobody foresaw is in the log, under the id that the answer has', async () => {
  const response = await fetch(`${base}/api/v1/things/broken?code=hush`);
  expect(response.status).toBe(500);
  const body = await problem(response);
  expect(body).toMatchObject({ code: 'internal' });
  expect(JSON.stringify(body)).not.toMatch(/hush|SELECT/);
  const id = /[0-9a-f-]{36}/.exec(JSON.stringify(body))?.[0] ?? 'no id';
  const line = lines.find((one) => one.includes(id));
  expect(line).toContain('SELECT hush FROM users');
  expect(line).not.toContain('code=hush');
});

test('an unknown route, and what Nest itself refuses', async () => {
  for (const path of ['/nothing/here', '/api/v1/things/absent']) {
    const response = await fetch(base + path);
    expect(response.status).toBe(404);
    expect(await problem(response)).toMatchObject({ code: 'route.notFound', detail: 'There is nothing at this address.' });
  }
});

test('failures are limited per account and per address', async () => {
  const limits = app.get(RateLimits);
  for (let n = 0; n < 10; n += 1) {
    await limits.checkFailures('192.0.2.1', 'PRIMARY/anna');
    await limits.failed('192.0.2.1', 'PRIMARY/anna');
  }
  const refusal = { kind: 'tooMany', code: 'rateLimit.exceeded', retryAfter: expect.any(Number) };
  await expect(limits.checkFailures('192.0.2.2', 'PRIMARY/anna')).rejects.toMatchObject(refusal);
  await limits.checkFailures('192.0.2.1', 'PRIMARY/berta');
  for (let n = 10; n < 100; n += 1) await limits.failed('192.0.2.1');
  await expect(limits.checkFailures('192.0.2.1')).rejects.toMatchObject(refusal);
  await limits.checkFailures('192.0.2.2');
});

test('all addresses of one IPv6 network count as one', async () => {
  const limits = app.get(RateLimits);
  for (let n = 0; n < 100; n += 1) await limits.failed(`2001:db8:0:1::${n.toString(16)}`);
  await expect(limits.checkFailures('2001:db8:0:1:ffff::1')).rejects.toMatchObject({ kind: 'tooMany' });
  await limits.checkFailures('2001:db8:0:2::1');
});

test('without state nobody can log in: not ready, and the answer says why', async () => {
  const state = app.get<ShortLivedState>(SHORT_LIVED_STATE);
  const ping = state.ping.bind(state);
  state.ping = () => Promise.reject(new Error('disk full'));
  const response = await fetch(`${base}/health/ready`);
  state.ping = ping;
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: 'down', checks: { server: 'up', database: 'up', state: 'down' } });
});

test('a process that is about to end is not ready, although all that it needs is there, and still answers', async () => {
  app.get(Readiness).leave();
  const response = await fetch(`${base}/health/ready`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: 'down', checks: { server: 'stopping', database: 'up', state: 'up' } });
  expect((await fetch(`${base}/health/live`)).status).toBe(200);
});
