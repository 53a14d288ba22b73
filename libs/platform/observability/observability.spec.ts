import { expect, test } from '@jest/globals';
import { createLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { NestLogger } from './nest-logger.js';

function recorded(level: 'info' | 'debug' = 'info') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(
    { logLevel: level },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { lines, logger };
}

test('a child puts the login id on every line', () => {
  const { lines, logger } = recorded();
  logger.child({ loginId: 'l-1' }).info({ outcome: 'create' }, 'login succeeded');
  expect(lines).toMatchObject([{ level: 'info', loginId: 'l-1', outcome: 'create', msg: 'login succeeded' }]);
  expect(Number.isNaN(Date.parse(String(lines[0]?.time)))).toBe(false);
});

test('secrets are not logged, however deep', () => {
  const { lines, logger } = recorded();
  logger.info(
    {
      password: 'hush',
      code: 'login.failed',
      headers: { Authorization: 'Basic hush', cookie: 'hush' },
      list: [{ client_secret: 'hush', id_token: 'hush', ok: 1 }],
      privateKey: 'hush',
    },
    'x',
  );
  expect(JSON.stringify(lines)).not.toContain('hush');
  expect(lines).toMatchObject([{ code: 'login.failed', list: [{ ok: 1 }] }]);
});

test('an error is logged with its causes and without what else hangs on it', () => {
  const { lines, logger } = recorded();
  const inner = Object.assign(new Error('inner'), { code: 'ECONNREFUSED', request: { body: 'hush' } });
  logger.error({ err: new Error('outer', { cause: inner }) }, 'failed');
  expect(lines).toMatchObject([{ err: { message: 'outer', cause: { message: 'inner', code: 'ECONNREFUSED' } } }]);
  expect(JSON.stringify(lines)).not.toContain('hush');
});

test("Nest's own lines come through, the chatty ones for debugging only", () => {
  const { lines, logger } = recorded();
  const nest = new NestLogger(logger);
  nest.log('dependencies initialized', 'InstanceLoader');
  nest.log('swept', 'Sweeper');
  nest.error(new Error('broken'), 'Sweeper');
  nest.error('broken', 'Error: x\n    at y', 'Sweeper');
  nest.debug('quiet');
  expect(lines).toMatchObject([
    { level: 'info', context: 'Sweeper', msg: 'swept' },
    { level: 'error', context: 'Sweeper', msg: 'broken', err: { message: 'broken' } },
    { level: 'error', context: 'Sweeper', msg: 'broken', stack: 'Error: x\n    at y' },
  ]);
});

test('metrics are named foyer_ and shared by name', async () => {
  const metrics = new Metrics();
  metrics.counter('logins_total', 'Logins.', ['outcome']).inc({ outcome: 'success' });
  metrics.counter('logins_total', 'Logins.', ['outcome']).inc({ outcome: 'success' });
  metrics.histogram('login_seconds', 'Duration.').observe(0.2);
  const { body, contentType } = await metrics.text();
  expect(contentType).toContain('text/plain');
  expect(body).toContain('foyer_logins_total{outcome="success"} 2');
  expect(body).toContain('foyer_login_seconds_bucket{le="0.25"} 1');
  expect(body).toMatch(/foyer_process_resident_memory_bytes \d+/);
});

test('what is observed is read when somebody looks, and what cannot be read hides nothing else', async () => {
  const metrics = new Metrics();
  let breakers: readonly { labels: { store: string }; value: number }[] = [{ labels: { store: 'CORP' }, value: 2 }];
  metrics.observedEach('breaker', 'State.', ['store'], () => breakers);
  metrics.observedEach('depth', 'Depth.', ['status'], () => Promise.reject(new Error('the database is away')));
  expect((await metrics.text()).body).toContain('foyer_breaker{store="CORP"} 2');
  breakers = [{ labels: { store: 'HQ' }, value: 0 }];
  const { body } = await metrics.text();
  expect(body).toContain('foyer_breaker{store="HQ"} 0');
  expect(body).not.toContain('CORP');
  expect(body).not.toMatch(/^foyer_depth/m);
  expect(body).toMatch(/foyer_process_uptime_seconds \d/);
});
