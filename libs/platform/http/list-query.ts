import { invalidInput, type InputFault } from '../errors/foyer-error.js';
import { decodeCursor, type CursorPosition } from './list-cursor.js';

const defaultLimit = 50;
const maxLimit = 500;
const maxFilterLength = 512;
const reserved = new Set(['limit', 'cursor', 'sort']);

/** What a list can be sorted by: a column that is never null. */
export interface SortableField {
  /** The property of the entity. */
  readonly property: string;
  readonly type: 'text' | 'number';
}

/** What a list can be filtered by: rows whose `property` compares with the value. */
export interface FilterableField {
  readonly property: string;
  /** Default: equal. `from` is inclusive, `before` exclusive. */
  readonly compare?: 'equal' | 'from' | 'before';
  /** Turns the text of the query into what is compared. Undefined: not a value of this field. */
  readonly parse: (text: string) => string | number | boolean | undefined;
  /** What a value is, such as `true or false`. For faults and, with how it is compared, for OpenAPI. */
  readonly wants: string;
}

export interface ListFields {
  readonly sortable: Readonly<Record<string, SortableField>>;
  readonly filterable: Readonly<Record<string, FilterableField>>;
  /** Such as `-createdAt`. */
  readonly defaultSort: string;
}

export interface ListQuery {
  readonly limit: number;
  /** As in the query: a field, with `-` for descending. */
  readonly sort: string;
  readonly sortBy: SortableField;
  readonly descending: boolean;
  readonly filters: readonly { readonly field: FilterableField; readonly value: string | number | boolean }[];
  /** Where the page before ended. */
  readonly after: CursorPosition | undefined;
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** Ways to read a filter's text. */
export const filterBy = {
  text: (property: string): FilterableField => ({ property, parse: (text) => text, wants: 'text' }),
  flag: (property: string): FilterableField => ({
    property,
    parse: (text) => flags.get(text),
    wants: 'true or false',
  }),
  oneOf: (property: string, values: readonly string[]): FilterableField => ({
    property,
    parse: (text) => (values.includes(text) ? text : undefined),
    wants: `one of ${values.join(', ')}`,
  }),
  /** Times from (or before) one, as RFC 3339 text or as milliseconds since the epoch. */
  time: (property: string, compare: 'from' | 'before'): FilterableField => ({
    property,
    compare,
    parse: timeOf,
    wants: 'a time such as 2026-01-31T12:00:00Z, a day such as 2026-01-31 or milliseconds since the epoch',
  }),
};

/**
 * Reads the query of a list. Anything that is no field of it is a fault.
 * @param query as Express gives it: texts, and lists of texts for what was given twice
 * @throws FoyerError `input.invalid`
 */
export function parseListQuery(fields: ListFields, query: Readonly<Record<string, unknown>>): ListQuery {
  const faults: InputFault[] = [];
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    const known = reserved.has(name) || Object.hasOwn(fields.filterable, name);
    if (!known) faults.push({ path: name, code: 'key.unknown', message: `is not a parameter of this list: ${namesOf(fields)}` });
    else if (typeof value !== 'string') faults.push({ path: name, code: 'value.duplicate', message: 'must be given once' });
    else texts.set(name, value);
  }
  const sort = texts.get('sort') ?? fields.defaultSort;
  const sortBy = sortField(fields, sort, faults);
  const limit = limitOf(texts.get('limit'), faults);
  const after = sortBy && positionOf(texts.get('cursor'), sort, sortBy, faults);
  const filters = filtersOf(fields, texts, faults);
  if (faults.length > 0 || sortBy === undefined) throw invalidInput(faults);
  return { limit, sort, sortBy, descending: sort.startsWith('-'), filters, after };
}

const namesOf = (fields: ListFields): string => [...reserved, ...Object.keys(fields.filterable)].join(', ');

function sortField(fields: ListFields, sort: string, faults: InputFault[]): SortableField | undefined {
  const name = sort.replace(/^-/, '');
  if (Object.hasOwn(fields.sortable, name)) return fields.sortable[name];
  faults.push({
    path: 'sort',
    code: 'value.notOneOf',
    message: `must be one of ${Object.keys(fields.sortable).join(', ')}, with - for descending`,
  });
  return undefined;
}

function limitOf(text: string | undefined, faults: InputFault[]): number {
  if (text === undefined) return defaultLimit;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= maxLimit) return limit;
  faults.push({ path: 'limit', code: 'value.outOfRange', message: `must be a whole number from 1 to ${maxLimit}` });
  return defaultLimit;
}

function positionOf(text: string | undefined, sort: string, sortBy: SortableField, faults: InputFault[]): CursorPosition | undefined {
  if (text === undefined) return undefined;
  const position = decodeCursor(text, sort, sortBy.type);
  if (!position) faults.push({ path: 'cursor', code: 'value.invalid', message: 'must be a nextCursor of this list, with the same sort' });
  return position;
}

function filtersOf(fields: ListFields, texts: ReadonlyMap<string, string>, faults: InputFault[]): ListQuery['filters'] {
  return Object.entries(fields.filterable).flatMap(([name, field]) => {
    const text = texts.get(name);
    if (text === undefined) return [];
    const value = text.length > maxFilterLength || text.includes('\0') ? undefined : field.parse(text);
    if (value !== undefined) return [{ field, value }];
    faults.push({ path: name, code: 'value.invalid', message: `must be ${field.wants}` });
    return [];
  });
}

function timeOf(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
