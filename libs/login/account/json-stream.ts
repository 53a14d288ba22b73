import type { ExportedFields } from './account-export.js';

const isList = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** An object as JSON text, piece by piece: of its lists that are read while they are sent, one item at a time is held. */
export async function* jsonOf(fields: ExportedFields): AsyncGenerator<string, void> {
  let before = '{';
  for (const [name, value] of Object.entries(fields)) {
    yield `${before}\n${JSON.stringify(name)}: `;
    if (isList(value)) yield* listOf(value);
    else yield JSON.stringify(value, undefined, 2);
    before = ',';
  }
  yield `${before === '{' ? '{' : ''}\n}\n`;
}

async function* listOf(items: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  let before = '[';
  for await (const item of items) {
    yield `${before}\n${JSON.stringify(item, undefined, 2)}`;
    before = ',';
  }
  yield before === '[' ? '[]' : '\n]';
}
