import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { answerLateProblems } from './late-problems.js';
import { Provider } from './oidc-provider.js';

const reported: unknown[] = [];
let server: Server;

beforeAll(async () => {
  // That it has no keys and no adapter of its own.
  jest.spyOn(console, 'warn').mockReturnValue();
  const provider = new Provider('http://localhost', { clients: [] });
  answerLateProblems(provider, {
    problem: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = `<p>${out.error}</p>`;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    // As if it was a redirect, which must not be what the browser sees.
    ctx.redirect('https://app.example/callback?code=secret');
    throw new Error('too late');
  });
  provider.on('server_error', (_ctx, error) => reported.push(error.message));
  const handle = provider.callback();
  server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));

test.each([
  ['people', 'text/html', 'text/html; charset=utf-8', '<p>server_error</p>'],
  [
    'programs',
    'application/json',
    'application/json; charset=utf-8',
    '{"error":"server_error","error_description":"oops! something went wrong"}',
  ],
])('what goes wrong after the answer is answered instead of it: for %s', async (_who, accept, type, body) => {
  reported.length = 0;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/openid-configuration`;
  const response = await fetch(url, { headers: { accept }, redirect: 'manual' });
  expect([response.status, response.headers.get('location'), response.headers.get('content-type')]).toEqual([500, null, type]);
  expect(await response.text()).toBe(body);
  expect(reported).toEqual(['too late']);
});
