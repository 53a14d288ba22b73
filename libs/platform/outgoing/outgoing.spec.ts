import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Outgoing } from './outgoing.js';
import { OutgoingPolicy } from './policy.js';

const limits = { timeoutMs: 2000, maxResponseBytes: 1000 };
const opened: Outgoing[] = [];
let server: Server;
let connections = 0;
let answer: RequestListener;

const listen = async (made: Server | ReturnType<typeof createTcpServer>): Promise<number> => {
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
};
const outgoing = (allow: string[] = ['127.0.0.0/8', '::1/128']): Outgoing => {
  const made = new Outgoing(allow);
  opened.push(made);
  return made;
};

let port: number;
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  server.on('connection', () => (connections += 1));
  port = await listen(server);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a request and its answer, in the terms of WHATWG fetch', async () => {
  answer = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          type: request.headers['content-type'],
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
  };
  const response = await outgoing().fetch(limits)(`http://localhost:${port}/token?a=b`, {
    method: 'POST',
    body: new URLSearchParams({ code: 'x y' }),
    headers: { 'X-Y': 'z' },
  });
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.json()).toEqual({
    method: 'POST',
    url: '/token?a=b',
    type: 'application/x-www-form-urlencoded;charset=UTF-8',
    body: 'code=x+y',
  });
});

test('connections are kept for the next request', async () => {
  answer = (_, response) => response.end('ok');
  const fetch = outgoing().fetch(limits);
  const before = connections;
  for (let round = 0; round < 5; round += 1) expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ok');
  // A connection is free a moment after its answer is there: the second request may open another.
  expect(connections - before).toBeLessThanOrEqual(2);
});

test('an answer without a body', async () => {
  answer = (_, response) => response.writeHead(204).end();
  expect((await outgoing().fetch(limits)(`http://127.0.0.1:${port}/`)).status).toBe(204);
});

test.each([
  ['an address', 'http://127.0.0.1'],
  ['a name that resolves to it', 'http://localhost'],
  ['a number', 'http://2130706433'],
  ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]'],
  ['any address', 'http://0.0.0.0'],
])('loopback is refused unless listed: %s', async (_, origin) => {
  let asked = false;
  answer = (_request, response) => {
    asked = true;
    response.end();
  };
  await expect(outgoing([]).fetch(limits)(`${origin}:${port}/`)).rejects.toMatchObject({ code: 'outgoing.refused' });
  expect(asked).toBe(false);
});

test('a listed host may be private, and no other name for it', async () => {
  answer = (_, response) => response.end('ok');
  const fetch = outgoing(['localhost']).fetch(limits);
  expect((await fetch(`http://LOCALHOST:${port}/`)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'outgoing.refused' });
});

test('what a policy allows', () => {
  const policy = new OutgoingPolicy(['idp.internal', 'plain.example', '10.0.0.0/8', '169.254.0.0/16']);
  expect(policy.allows('https:', 'idp.example', '93.184.216.34')).toBe(true);
  expect(policy.allows('http:', 'idp.example', '93.184.216.34')).toBe(false);
  expect(policy.allows('http:', 'plain.example', '93.184.216.34')).toBe(true);
  expect(policy.allows('https:', 'idp.example', '192.168.1.1')).toBe(false);
  expect(policy.allows('https:', 'idp.internal', '192.168.1.1')).toBe(true);
  expect(policy.allows('http:', 'any.example', '10.1.1.1')).toBe(true);
  expect(policy.allows('https:', 'idp.internal', '169.254.169.254')).toBe(false);
  expect(policy.allows('https:', 'idp.internal', 'fd00:ec2::254')).toBe(false);
});

test('a redirect is not followed', async () => {
  let followed = false;
  const other = createServer((_, response) => {
    followed = true;
    response.end();
  });
  const otherPort = await listen(other);
  answer = (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${otherPort}/` }).end();
  expect((await outgoing().fetch(limits)(`http://127.0.0.1:${port}/`)).status).toBe(302);
  expect(followed).toBe(false);
  other.close();
});

test.each<[string, RequestListener]>([
  ['announced', (_, response) => response.writeHead(200, { 'content-length': '5000' }).end('x'.repeat(5000))],
  [
    'streamed without an end',
    (_, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(600), () => setImmediate(more));
      };
      more();
    },
  ],
  ['compressed', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5000)))],
])('an answer that is too long is refused: %s', async (_, listener) => {
  answer = listener;
  await expect(outgoing().fetch(limits)(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    kind: 'upstreamWrong',
    code: 'outgoing.tooLarge',
  });
});

test('an answer that was compressed unasked is read', async () => {
  answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
  expect(await (await outgoing().fetch(limits)(`http://127.0.0.1:${port}/`)).json()).toEqual({ a: 1 });
});

test.each<[string, RequestListener]>([
  ['says nothing', () => undefined],
  ['stops in the middle', (_, response) => void response.write('x')],
])('a server that %s is given up', async (_, listener) => {
  answer = listener;
  await expect(outgoing().fetch({ ...limits, timeoutMs: 100 })(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    kind: 'upstreamSilent',
    code: 'outgoing.timeout',
  });
});

test("the caller's own signal ends the request with its reason", async () => {
  answer = () => undefined;
  const reason = new Error('enough');
  const controller = new AbortController();
  const pending = outgoing().fetch(limits)(`http://127.0.0.1:${port}/`, { signal: controller.signal });
  controller.abort(reason);
  await expect(pending).rejects.toBe(reason);
  await expect(outgoing().fetch(limits)(`http://127.0.0.1:${port}/`, { signal: controller.signal })).rejects.toBe(reason);
});

test('nobody there, no such name, no HTTP, no TLS', async () => {
  const fetch = outgoing().fetch(limits);
  const babbler = createTcpServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end('hello\r\n\r\n'),
  );
  const babblerPort = await listen(babbler);
  await expect(fetch(`http://127.0.0.1:${babblerPort}/`)).rejects.toMatchObject({ kind: 'upstreamWrong', code: 'outgoing.garbage' });
  await expect(fetch(`https://127.0.0.1:${babblerPort}/`)).rejects.toMatchObject({ kind: 'upstreamWrong', code: 'outgoing.untrusted' });
  await new Promise((resolve) => babbler.close(resolve));
  await expect(fetch(`http://127.0.0.1:${babblerPort}/`)).rejects.toMatchObject({ kind: 'upstreamSilent', code: 'outgoing.unreachable' });
  await expect(fetch('https://no-such-host.invalid/')).rejects.toMatchObject({ kind: 'upstreamSilent', code: 'outgoing.unreachable' });
});

test.each(['ftp://example.org/', 'not a URL', 'https://user:password@example.org/'])('%s is no address for a request', async (url) => {
  await expect(outgoing().fetch(limits)(url)).rejects.toMatchObject({ code: 'outgoing.refused' });
});
