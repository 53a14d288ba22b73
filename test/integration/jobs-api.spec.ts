import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { IdentityProvidersModule } from '@foyer/identity-providers';
import {
  JobKinds,
  jobPriorities,
  JobsAdministrationModule,
  JobsModule,
  JobsRunning,
  JobsRunningModule,
  Outbox,
  type DiscardedJob,
  type JobHandler,
  type JobKind,
  type JobRun,
  type NewJob,
} from '@foyer/jobs';
import { Database, FoyerError, Metrics, newId, type Transaction } from '@foyer/platform';
import { until } from '../e2e/site.js';
import { testDatabase } from '../support/mariadb.js';
import { ownerId, startSettingsApi, type Answer, type SettingsApi } from '../support/settings-api.js';

const kind: JobKind<string> = { name: 'greet', version: 1, read: String };

/** Does what its payload says. */
@Injectable()
class Greeter implements JobHandler<string> {
  readonly kind = kind;
  readonly retry = { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 1 };
  readonly discards: DiscardedJob<string>[] = [];
  storeIsDown = false;
  hold: Promise<void> = Promise.resolve();

  constructor(kinds: JobKinds) {
    kinds.declare(kind);
  }

  async run(run: JobRun<string>): Promise<void> {
    run.note({ outcome: 'create', steps: [] });
    await this.hold;
    if (this.storeIsDown) throw new FoyerError('unavailable', 'store.unavailable', 'The user store CORP does not answer.');
  }

  async discarded(_tx: Transaction, job: DiscardedJob<string>): Promise<void> {
    this.discards.push(job);
  }
}

@Module({ imports: [JobsModule], providers: [Greeter], exports: [Greeter] })
class GreeterModule {}

@Injectable()
class Lanes {
  async has(lane: string): Promise<boolean> {
    return lane === 'idp:acme' || lane === 'idp:other';
  }
}

@Module({ imports: [IdentityProvidersModule], providers: [Lanes], exports: [Lanes] })
class LanesModule {}

const traceId = 'a'.repeat(32);

describe.each([
  { title: 'SQLite', env: async () => ({}) },
  { title: 'MariaDB', env: async () => ({ FOYER_DATABASE_URL: (await testDatabase()).url }) },
])('jobs at the admin API on $title', ({ env }) => {
  let api: SettingsApi;
  let database: Database;
  let outbox: Outbox;
  let greeter: Greeter;
  beforeAll(async () => {
    const running = JobsRunningModule.forRoot({
      settings: { redis: undefined, jobConcurrency: 4 },
      role: 'server',
      imports: [GreeterModule],
      handlers: [Greeter],
    });
    const administration = JobsAdministrationModule.forRoot({ imports: [running, LanesModule], lanes: Lanes });
    api = await startSettingsApi(await env(), [running, administration]);
    database = api.app.get(Database);
    outbox = api.app.get(Outbox, { strict: false });
    greeter = api.app.get(Greeter, { strict: false });
    await api.app.get(JobsRunning).start();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    greeter.storeIsDown = false;
    greeter.discards.length = 0;
    await database.transaction(async (tx) => {
      for (const table of ['jobs', 'job_attempts', 'job_subjects', 'job_pauses']) await tx.query(`DELETE FROM ${table}`);
    });
  });

  const add = async (more: Partial<NewJob<string>> = {}): Promise<string> => {
    const job: NewJob<string> = {
      ...{
        kind,
        subjectId: newId(),
        identityProviderId: newId(),
        identityProvider: 'acme',
        loginId: newId(),
        priority: jobPriorities.login,
      },
      ...{ payload: 'Anna', traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
      ...more,
    };
    const { id } = await database.transaction((tx) => outbox.add(tx, job));
    outbox.announce([id]);
    return id;
  };
  const addLater = (more: Partial<NewJob<string>> = {}): Promise<string> => add({ runAt: Date.now() + 3_600_000, ...more });
  const get = async (path: string, as = 'jobs:read'): Promise<Record<string, unknown>> => {
    const { status, body } = await api.call('GET', path, { as });
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body as Record<string, unknown>;
  };
  const post = (path: string, body?: object, as = 'jobs:write', ifMatch?: string): Promise<Answer> =>
    api.call('POST', path, { as, ...(body && { body }), ...(ifMatch !== undefined && { ifMatch }) });
  const reaches = (id: string, status: string) => until(`${id} is ${status}`, async () => (await get(`/jobs/${id}`))['status'] === status);
  const dead = async (more: Partial<NewJob<string>> = {}): Promise<string> => {
    greeter.storeIsDown = true;
    const id = await add(more);
    await reaches(id, 'dead');
    greeter.storeIsDown = false;
    return id;
  };
  const idsOf = async (query: string): Promise<unknown[]> => {
    const { items } = await get(`/jobs${query}`);
    return (items as { id: string }[]).map(({ id }) => id);
  };

  test('a job tells why each attempt failed, what it had planned, and in which trace it is', async () => {
    const [subjectId, loginId] = [newId(), newId()];
    const id = await dead({ subjectId, loginId });
    const { headers, body } = await api.call('GET', `/jobs/${id}`, { as: 'jobs:read' });
    const attempt = { outcome: 'failed', code: 'store.unavailable', message: 'The user store CORP does not answer.', traceId };
    expect(headers.get('etag')).toMatch(new RegExp(`^"${id}\\.\\d+"$`));
    expect(body).toEqual({
      ...{
        id,
        kind: 'greet',
        status: 'dead',
        waitsFor: null,
        userId: subjectId,
        identityProvider: 'acme',
        lane: 'idp:acme',
        paused: false,
      },
      ...{
        loginId,
        traceId,
        priority: 'login',
        attemptCount: 2,
        code: 'store.unavailable',
        message: 'The user store CORP does not answer.',
      },
      ...{
        worker: expect.any(String),
        createdAt: expect.any(String),
        dueAt: null,
        startedAt: expect.any(String),
        endedAt: expect.any(String),
      },
      attempts: [1, 2].map((number) => ({
        ...attempt,
        ...{ number, plan: { outcome: 'create', steps: [] }, worker: expect.any(String), durationMs: expect.any(Number) },
        ...{ startedAt: expect.any(String), endedAt: expect.any(String) },
      })),
    });
    expect((await api.call('GET', `/jobs/${newId()}`)).body).toMatchObject({ status: 404, code: 'job.notFound' });
  });

  test('jobs are paged and filtered, and say what they wait for', async () => {
    const [subjectId, loginId] = [newId(), newId()];
    const [first, second] = [await dead({ loginId }), await addLater({ subjectId, identityProvider: 'other' })];
    const third = await addLater({ subjectId, identityProviderId: newId() });
    const cases: [string, string[]][] = [
      ['', [third, second, first]],
      ['?sort=createdAt', [first, second, third]],
      ['?status=dead', [first]],
      ['?status=waiting&identityProvider=other', [second]],
      [`?userId=${subjectId}&sort=createdAt`, [second, third]],
      [`?loginId=${loginId}`, [first]],
      ['?code=store.unavailable', [first]],
      ['?kind=greet&limit=1', [third]],
      ['?kind=other', []],
    ];
    for (const [query, ids] of cases) expect({ query, ids: await idsOf(query) }).toEqual({ query, ids });
    const page = await get('/jobs?limit=2');
    expect({ total: page['total'], next: await idsOf(`?cursor=${String(page['nextCursor'])}`) }).toEqual({ total: 3, next: [first] });
    const [turn, time] = (await get(`/jobs?userId=${subjectId}`))['items'] as object[];
    expect([turn, time]).toMatchObject([
      { id: third, waitsFor: 'turn', dueAt: null },
      { id: second, waitsFor: 'time', dueAt: expect.any(String) },
    ]);
    for (const query of ['?status=odd', '?payload=x', '?sort=code']) expect((await api.call('GET', `/jobs${query}`)).status).toBe(400);
  });

  test('what a job knows is shown nowhere', async () => {
    const id = await addLater({ payload: 'a very secret name' });
    expect(JSON.stringify([await get('/jobs'), await get(`/jobs/${id}`)])).not.toMatch(/secret|payload/);
  });

  test('a dead job is retried, one that waits for its time is done at once, and one that has ended is left alone', async () => {
    const [given, later] = [await dead(), await addLater()];
    for (const id of [given, later]) {
      expect(await post(`/jobs/${id}/retry`)).toMatchObject({ status: 200, body: { id, attempts: expect.any(Array) } });
      await reaches(id, 'done');
      expect((await post(`/jobs/${id}/retry`)).body).toMatchObject({ status: 409, code: 'job.ended' });
    }
  });

  test('a job is discarded once, and never while it runs', async () => {
    const id = await dead();
    const { status, body } = await post(`/jobs/${id}/discard`);
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'discarded', code: 'job.discarded' } });
    expect(greeter.discards).toMatchObject([{ id, by: 'foyer-admin', payload: 'Anna' }]);
    expect((await post(`/jobs/${id}/discard`)).body).toMatchObject({ status: 409, code: 'job.ended' });
    let release = (): void => undefined;
    greeter.hold = new Promise((resolve) => (release = resolve));
    const running = await add();
    await reaches(running, 'running');
    for (const action of ['discard', 'retry'])
      expect((await post(`/jobs/${running}/${action}`)).body).toMatchObject({ status: 409, code: 'job.running' });
    release();
    await reaches(running, 'done');
    expect(greeter.discards).toHaveLength(1);
  });

  test('If-Match is for who wants it', async () => {
    const id = await addLater();
    const { headers } = await api.call('GET', `/jobs/${id}`);
    const etag = headers.get('etag') ?? '';
    expect((await post(`/jobs/${id}/discard`, undefined, 'jobs:write', `"${id}.999"`)).body).toMatchObject({ code: 'version.stale' });
    expect((await post(`/jobs/${id}/discard`, undefined, 'jobs:write', etag)).status).toBe(200);
  });

  test('dead jobs that have something in common are changed together, a bounded number at once', async () => {
    const ids = [await dead(), await dead(), await dead()];
    const other = await dead({ identityProvider: 'other' });
    const first = await post('/jobs/retry', { identityProvider: 'acme', limit: 2 });
    expect(first.body).toEqual({ changed: 2, skipped: [], nextCursor: expect.any(String) });
    const { nextCursor } = first.body as { nextCursor: string };
    expect((await post('/jobs/retry', { identityProvider: 'acme', limit: 2, cursor: nextCursor })).body).toEqual({
      ...{ changed: 1, skipped: [], nextCursor: null },
    });
    for (const id of ids) await reaches(id, 'done');
    expect(await idsOf('?status=dead')).toEqual([other]);
    expect((await post('/jobs/discard', { code: 'store.unavailable' })).body).toEqual({ changed: 1, skipped: [], nextCursor: null });
    expect(greeter.discards).toMatchObject([{ id: other }]);
    const refused: [string, unknown][] = [
      ['/jobs/discard', {}],
      ['/jobs/discard', { limit: 5 }],
      ['/jobs/retry', { limit: 501 }],
      ['/jobs/retry', { status: 'waiting' }],
      ['/jobs/retry', []],
      ['/jobs/retry', { createdFrom: 'yesterday' }],
    ];
    for (const [path, body] of refused)
      expect((await api.call('POST', path, { body })).body).toMatchObject({ status: 400, code: 'input.invalid' });
  });

  test('nobody discards what is to be done to somebody who may do more than they', async () => {
    const [own, others] = [await dead({ subjectId: ownerId }), await dead()];
    expect((await post(`/jobs/${own}/discard`)).body).toMatchObject({ status: 403, code: 'holder.privileged' });
    expect((await post('/jobs/discard', { kind: 'greet' })).body).toEqual({
      ...{ changed: 1, skipped: [{ id: own, code: 'holder.privileged' }], nextCursor: null },
    });
    expect((await get(`/jobs/${others}`))['status']).toBe('discarded');
    expect((await post(`/jobs/${own}/discard`, undefined, 'admin')).status).toBe(200);
  });

  test('a lane is paused and resumed', async () => {
    const created = await post('/jobs/pauses', { lane: 'idp:acme' });
    expect({ status: created.status, location: created.headers.get('location') }).toEqual({
      status: 201,
      location: '/api/v1/jobs/pauses/idp%3Aacme',
    });
    const pause = { lane: 'idp:acme', pausedAt: expect.any(String), pausedBy: 'foyer-admin' };
    expect(created.body).toEqual(pause);
    expect(await get('/jobs/pauses')).toEqual({ items: [pause], total: 1, nextCursor: null });
    expect((await post('/jobs/pauses', { lane: 'idp:acme' })).body).toMatchObject({ status: 409, code: 'lane.paused' });
    expect((await post('/jobs/pauses', { lane: 'idp:nobody' })).body).toMatchObject({
      ...{ status: 400, errors: [{ path: 'lane', code: 'reference.unknown' }] },
    });
    const [waiting, other] = [await add(), await add({ identityProvider: 'other' })];
    await reaches(other, 'done');
    expect(await get(`/jobs/${waiting}`)).toMatchObject({ status: 'waiting', paused: true, waitsFor: 'lane' });
    const { headers } = await api.call('GET', '/jobs/pauses/idp%3Aacme');
    const resume = (ifMatch?: string) => api.call('DELETE', '/jobs/pauses/idp:acme', { as: 'jobs:write', ...(ifMatch && { ifMatch }) });
    expect((await resume()).body).toMatchObject({ status: 428 });
    expect((await resume('"idp:acme.1"')).body).toMatchObject({ status: 412 });
    expect((await resume(headers.get('etag') ?? '')).status).toBe(204);
    await reaches(waiting, 'done');
    expect((await resume('*')).body).toMatchObject({ status: 404, code: 'lane.notPaused' });
    expect((await api.call('GET', '/jobs/pauses/idp:acme')).body).toMatchObject({ status: 404, code: 'lane.notPaused' });
  });

  test('who reads does not write, and who does neither sees nothing', async () => {
    const id = await addLater();
    const reads = ['/jobs', `/jobs/${id}`, '/jobs/pauses', '/jobs/pauses/idp:acme', '/jobs/events'];
    const writes = ['/jobs/retry', '/jobs/discard', `/jobs/${id}/retry`, `/jobs/${id}/discard`, '/jobs/pauses'];
    for (const path of reads) {
      expect((await api.call('GET', path, { as: 'users:write' })).body).toMatchObject({ status: 403, code: 'scope.missing' });
      expect((await api.call('GET', path, { as: '' })).status).toBe(401);
    }
    for (const path of writes) expect((await post(path, {}, 'jobs:read')).body).toMatchObject({ status: 403, code: 'scope.missing' });
    expect((await api.call('DELETE', '/jobs/pauses/idp:acme', { as: 'jobs:read', ifMatch: '*' })).status).toBe(403);
    expect((await api.call('GET', '/jobs', { as: 'jobs:write' })).status).toBe(200);
  });

  test('who watches is told of jobs as they change', async () => {
    const { port } = api.app.getHttpServer().address() as { port: number };
    const leave = new AbortController();
    const token = Buffer.from('jobs:read').toString('base64url');
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/jobs/events`, {
      ...{ headers: { authorization: `Bearer ${token}` }, signal: leave.signal },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    })();
    await until('it is told to look', () => text.includes('event: reload\n'));
    const id = await add();
    await until('it is told that there is a job', () => text.includes(`"id":"${id}"`));
    await until('it is told that the job is done', () => text.includes(JSON.stringify({ id, status: 'done' })));
    expect((await api.app.get(Metrics).text()).body).toContain('foyer_job_event_streams 1');
    leave.abort();
    await expect(reading).rejects.toThrow('abort');
    await until('the stream is gone', async () => (await api.app.get(Metrics).text()).body.includes('foyer_job_event_streams 0'));
  });
});
