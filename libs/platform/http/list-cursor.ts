/** Where a page ended: the sorted value and the id of its last row. */
export interface CursorPosition {
  readonly value: string | number;
  readonly id: string;
}

/** Opaque to callers. It holds nothing that they could not ask for, and what comes back is only ever compared with. */
export const encodeCursor = (sort: string, { value, id }: CursorPosition): string =>
  Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');

/** Undefined when it is no cursor, or one of another order. */
export function decodeCursor(cursor: string, sort: string, type: 'text' | 'number'): CursorPosition | undefined {
  const parsed = parsedJson(cursor);
  if (!Array.isArray(parsed) || parsed.length !== 3) return undefined;
  const [cursorSort, value, id] = parsed as unknown[];
  if (cursorSort !== sort || typeof id !== 'string' || id.length > 255) return undefined;
  // JSON can say 1e999, which no database compares with.
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? { value, id } : undefined;
  return typeof value === 'string' && value.length <= 1024 ? { value, id } : undefined;
}

function parsedJson(cursor: string): unknown {
  if (!/^[A-Za-z0-9_-]{1,4096}$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
