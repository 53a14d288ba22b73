import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { LocalJobEvents } from '../events/local-job-events.js';
import { until } from '../jobs-site.conformance.js';
import { JobEventStream } from './job-event-stream.js';

let pace: { gatherMs: number; heartbeatMs: number; mostAtOnce: number };
let events: LocalJobEvents;
let server: Server;
let allowed: boolean;
/** The streams of this test that have ended. */
let ended: Set<ServerResponse>;
let streams: { stream: JobEventStream; response: ServerResponse }[];
const sockets: Socket[] = [];

beforeEach(async () => {
  events = new LocalJobEvents();
  pace = { gatherMs: 5, heartbeatMs: 40, mostAtOnce: 500 };
  [allowed, ended, streams] = [true, new Set(), []];
  const those = ended;
  server = createServer((_, response) => {
    const stream = new JobEventStream(
      response,
      events,
      pace,
      async () => allowed,
      () => void those.add(response),
    );
    streams.push({ stream, response });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Somebody who watches, and what they have read so far. */
function watch(): { readonly text: () => string; readonly socket: Socket; readonly closed: () => boolean } {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  let closed = false;
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('close', () => (closed = true)).on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: foyer\r\n\r\n');
  return { text: () => text, socket, closed: () => closed };
}

/** The events in what was read: their names and data. */
const eventsIn = (text: string): { event: string; data: unknown }[] =>
  [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event = '', data = '']) => ({ event, data: JSON.parse(data) as unknown }));

test('who watches is told to look at first, and then of each job the latest', async () => {
  const reader = watch();
  await until('it is told to look', () => eventsIn(reader.text()).length === 1);
  events.publish([{ id: 'a', status: 'waiting' }]);
  events.publish([
    { id: 'a', status: 'running' },
    { id: 'b', status: 'dead' },
  ]);
  await until('it is told', () => eventsIn(reader.text()).length === 2);
  expect(reader.text()).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n/);
  expect(eventsIn(reader.text())).toEqual([
    { event: 'reload', data: {} },
    {
      event: 'jobs',
      data: [
        { id: 'a', status: 'running' },
        { id: 'b', status: 'dead' },
      ],
    },
  ]);
});

test('of very many changes at once a reader is told to look again', async () => {
  const reader = watch();
  await until('it is told to look', () => eventsIn(reader.text()).length === 1);
  events.publish(Array.from({ length: 501 }, (_, index) => ({ id: String(index), status: 'done' })));
  await until('it is told to look again', () => eventsIn(reader.text()).length === 2);
  events.publish([{ id: 'x', status: 'done' }]);
  await until('it is told of one again', () => eventsIn(reader.text()).length === 3);
  expect(eventsIn(reader.text()).map(({ event }) => event)).toEqual(['reload', 'reload', 'jobs']);
});

test('while nothing changes there are signs of life, until the reader may watch no more', async () => {
  const reader = watch();
  await until('there are signs of life', () => reader.text().split(': still here\n\n').length > 2);
  expect(reader.closed()).toBe(false);
  allowed = false;
  await until('the answer has ended', () => reader.text().endsWith('0\r\n\r\n'));
  expect(ended.size).toBe(1);
});

/** Changes as fast as they come, for as long as a condition holds. */
async function flood(goesOn: () => boolean): Promise<void> {
  const id = 'x'.repeat(100);
  for (let round = 0; goesOn() && round < 50_000; round += 1) {
    events.publish(Array.from({ length: 500 }, (_, index) => ({ id: `${id}${index}`, status: 'done' })));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('a reader who takes nothing is left, and costs no more memory than what is buffered once', async () => {
  const reader = watch();
  await until('it is told to look', () => eventsIn(reader.text()).length === 1);
  reader.socket.pause();
  await flood(() => ended.size === 0);
  expect(ended.size).toBe(1);
  const [{ response } = { response: undefined }] = streams;
  expect(response?.destroyed).toBe(true);
});

test('a reader who is slow for a moment hears the rest, together', async () => {
  pace.heartbeatMs = 60_000;
  const reader = watch();
  await until('it is told to look', () => eventsIn(reader.text()).length === 1);
  const [stream] = streams;
  reader.socket.pause();
  await flood(() => stream?.response.writableNeedDrain === false);
  events.publish([{ id: 'last', status: 'dead' }]);
  expect(stream?.response.writableLength).toBeLessThan(200_000);
  reader.socket.resume();
  await until('it hears the last', () => reader.text().includes('"last"') || eventsIn(reader.text()).at(-1)?.event === 'reload');
  expect(ended.size).toBe(0);
});

test('who ends the stream ends it for those who read and those who do not', async () => {
  const [reading, silent] = [watch(), watch()];
  await until('both watch', () => streams.length === 2 && eventsIn(silent.text()).length === 1);
  silent.socket.pause();
  await flood(() => streams.every(({ response }) => !response.writableNeedDrain));
  for (const { stream } of streams) stream.end();
  await until('both have ended', () => ended.size === 2);
  expect(reading.text().endsWith('0\r\n\r\n')).toBe(true);
});
