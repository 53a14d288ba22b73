import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../apps/demo/foyer-process.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { applicationSettings, providerSettings } from './parties.js';
import { JobWatch } from './job-watch.js';
import { Site, until } from './site.js';

let acme: ScriptedProvider;
let site: Site;
beforeAll(async () => {
  acme = await ScriptedProvider.start();
  site = await Site.start({
    settings: {
      identityProviders: [providerSettings('acme', acme.issuer)],
      applications: [applicationSettings('intranet', { identityProviders: ['acme'] })],
    },
  });
}, 60_000);
afterAll(async () => {
  await site.close();
  await acme.close();
});

const metrics = async (): Promise<string> => (await fetch(`${site.url}/metrics`)).text();

test('the API is described, and takes tokens with the scopes for jobs alone', async () => {
  const response = await fetch(`${site.url}/api/v1/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, { security?: unknown }>> };
  const described = Object.keys(paths).filter((path) => path.startsWith('/api/v1/jobs'));
  expect(described.sort()).toEqual(
    ['', '/discard', '/events', '/pauses', '/pauses/{lane}', '/retry', '/{id}', '/{id}/discard', '/{id}/retry'].map(
      (path) => `/api/v1/jobs${path}`,
    ),
  );
  expect(paths['/api/v1/jobs/{id}/retry']?.['post']?.security).toEqual([{ oauth2: ['jobs:write'] }]);
  const reader = await site.admin('jobs:read');
  expect(await reader.get('/jobs')).toEqual({ items: [], total: 0, nextCursor: null });
  expect((await reader.request('POST', '/jobs/pauses', { lane: 'idp:acme' })).status).toBe(403);
  expect((await reader.request('GET', '/users')).status).toBe(403);
});

test('only the lane of an identity provider that there is can be paused, and it stays paused after a restart', async () => {
  const admin = await site.admin('jobs:write');
  expect(await admin.request('POST', '/jobs/pauses', { lane: 'idp:nobody' })).toMatchObject({ status: 400 });
  expect(await admin.request('POST', '/jobs/pauses', { lane: 'idp:acme' })).toMatchObject({ status: 201 });
  await site.crashAndRestart();
  const again = await site.admin('jobs:write');
  const { etag, body } = await again.request('GET', '/jobs/pauses/idp:acme');
  expect(body).toMatchObject({ lane: 'idp:acme', pausedBy: 'foyer-admin' });
  expect(await again.request('DELETE', '/jobs/pauses/idp:acme', undefined, etag)).toMatchObject({ status: 204 });
  expect(await again.get('/jobs/pauses')).toMatchObject({ total: 0 });
});

test('the numbers of jobs are among the metrics', async () => {
  const body = await metrics();
  expect(body).toContain('foyer_jobs{status="waiting",waits_for="worker"} 0');
  expect(body).toContain('foyer_jobs{status="dead",waits_for=""} 0');
  expect(body).toContain('foyer_jobs_oldest_waiting_seconds 0');
});

test('every metric that the guide names is there, with the labels that it names', async () => {
  const guide = readFileSync(join(projectRoot(), 'docs/guides/operating-jobs.md'), 'utf8');
  const exposed = new Set([...(await metrics()).matchAll(/^# TYPE (foyer_\w+) /gm)].map(([, name]) => name));
  const named = new Set([...guide.matchAll(/\bfoyer_\w+/g)].map(([name]) => name));
  expect(named.size).toBeGreaterThan(8);
  expect([...named].filter((name) => !exposed.has(name))).toEqual([]);
  const { groups } = parse(/```yaml\n([^]*?)```/.exec(guide)?.[1] ?? '') as { groups: { rules: { alert: string; expr: string }[] }[] };
  const expressions = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  expect(expressions.length).toBeGreaterThan(5);
  for (const expr of expressions) {
    expect(expr).toMatch(/foyer_/);
    for (const [, name = '', label = ''] of expr.matchAll(/(foyer_\w+)\{(\w+)=/g))
      expect(guide).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\`${label}\``, 'm'));
  }
});

test('who watches jobs holds up no stop of the server, and is let go', async () => {
  const watch = await JobWatch.open(site, await site.admin('jobs:read'));
  await until('it is told to look', () => watch.events.some(({ event }) => event === 'reload'));
  const began = performance.now();
  await site.stop();
  expect(performance.now() - began).toBeLessThan(5_000);
  await until('the stream has ended', () => watch.ended);
  await site.startAgain();
});
