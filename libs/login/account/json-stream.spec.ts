import { expect, test } from '@jest/globals';
import { jsonOf } from './json-stream.js';

async function* items(...all: unknown[]): AsyncGenerator<unknown, void> {
  for (const item of all) yield await Promise.resolve(item);
}

async function textOf(fields: Readonly<Record<string, unknown>>): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of jsonOf(fields)) pieces.push(piece);
  return pieces.join('');
}

test.each([
  ['nothing', {}, {}],
  ['values', { 'a"b': 1, c: [1, { d: null }], e: 'ö\n' }, { 'a"b': 1, c: [1, { d: null }], e: 'ö\n' }],
  ['lists that come bit by bit', { none: items(), one: items({ a: 1 }), two: items(1, 'x') }, { none: [], one: [{ a: 1 }], two: [1, 'x'] }],
])('%s are one JSON text', async (_, fields, expected) => {
  expect(JSON.parse(await textOf(fields))).toEqual(expected);
});

test('a list that breaks off ends the text with its error', async () => {
  async function* broken(): AsyncGenerator<unknown, void> {
    yield 1;
    throw new Error('gone');
  }
  await expect(textOf({ broken: broken() })).rejects.toThrow('gone');
});
