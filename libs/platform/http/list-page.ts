import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { encodeCursor } from './list-cursor.js';
import { parseListQuery, type ListFields, type ListQuery } from './list-query.js';

/** What every list answers. */
export interface Page<T> {
  readonly items: readonly T[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly nextCursor: string | null;
}

/** A list of the admin API: the rows of an entity, paged, sorted and filtered in the database. */
export interface ListDeclaration<E extends ObjectLiteral> extends ListFields {
  readonly entity: new () => E;
  /** The property that makes the order unique. Default: `id`. */
  readonly key?: string;
  /** Properties that are long and that the list does not show: they are not read, and the rows do not have them. */
  readonly unread?: readonly (keyof E & string)[];
  /** Leaves out rows that no caller may see; the rows are named `row`. */
  readonly only?: (rows: SelectQueryBuilder<E>) => void;
}

/**
 * One page of a list.
 * @param query the query of the request, as Express gives it
 * @throws FoyerError `input.invalid` for anything that the list does not take
 */
export async function listPage<E extends ObjectLiteral>(
  read: EntityManager,
  list: ListDeclaration<E>,
  query: Readonly<Record<string, unknown>>,
): Promise<Page<E>> {
  const wanted = parseListQuery(list, query);
  const key = list.key ?? 'id';
  const rows = matching(read, list, wanted);
  const total = await rows.getCount();
  // First which rows, then the rows: an index tells which, without a look at rows that are not shown.
  const found = await afterCursor(rows.clone(), wanted, key)
    .select([`row.${key}`, `row.${wanted.sortBy.property}`])
    .limit(wanted.limit + 1)
    .getMany();
  const places = found.slice(0, wanted.limit);
  const last = found.length > wanted.limit ? places.at(-1) : undefined;
  return { items: await rowsAt(read, list, key, places), total, nextCursor: last ? cursorAt(last, wanted, key) : null };
}

/** Every row of a list, a page at a time, so that nobody has to hold them all. @param query filters and order, without a cursor */
export async function* everyRow<E extends ObjectLiteral>(
  read: EntityManager,
  list: ListDeclaration<E>,
  query: Readonly<Record<string, unknown>>,
): AsyncGenerator<E, void> {
  let cursor: string | null | undefined;
  do {
    const page: Page<E> = await listPage(read, list, { ...query, ...(cursor && { cursor }) });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** The whole rows in the order of their places. One that was removed in between is left out. */
async function rowsAt<E extends ObjectLiteral>(
  read: EntityManager,
  { entity, unread = [] }: ListDeclaration<E>,
  key: string,
  places: readonly E[],
): Promise<E[]> {
  if (places.length === 0) return [];
  const keyOf = (row: E): unknown => Reflect.get(row, key);
  const left = new Set<string>(unread);
  const shown = read.dataSource.getMetadata(entity).columns.map(({ propertyName }) => propertyName);
  const rows = await read
    .createQueryBuilder(entity, 'row')
    .select(shown.filter((property) => !left.has(property)).map((property) => `row.${property}`))
    .where(`row.${key} IN (:...keys)`, { keys: places.map(keyOf) })
    .getMany();
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return places.map((place) => byKey.get(keyOf(place))).filter((row) => row !== undefined);
}

/** The same page with other items. */
export const mapPage = <A, B>(page: Page<A>, map: (item: A) => B): Page<B> => ({ ...page, items: page.items.map(map) });

const comparisons = { equal: 'Is', from: 'At or after', before: 'Before' } as const;

/** Documents a list's parameters in OpenAPI. */
export const ApiListQuery = (fields: ListFields): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } }),
    ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' }, description: 'The nextCursor of the page before.' }),
    ApiQuery({
      name: 'sort',
      required: false,
      schema: { type: 'string', enum: Object.keys(fields.sortable).flatMap((name) => [name, `-${name}`]), default: fields.defaultSort },
    }),
    ...Object.entries(fields.filterable).map(([name, { wants, compare = 'equal' }]) =>
      ApiQuery({ name, required: false, schema: { type: 'string' }, description: `${comparisons[compare]} ${wants}.` }),
    ),
  );

function matching<E extends ObjectLiteral>(read: EntityManager, list: ListDeclaration<E>, { filters }: ListQuery): SelectQueryBuilder<E> {
  const rows = read.createQueryBuilder(list.entity, 'row');
  list.only?.(rows);
  filters.forEach(({ field, value }, index) => {
    rows.andWhere(`row.${field.property} ${operators[field.compare ?? 'equal']} :filter${index}`, { [`filter${index}`]: value });
  });
  return rows;
}

const operators = { equal: '=', from: '>=', before: '<' } as const;

/** Keyset paging: rows after the position in the order of (sorted value, key), written so that an index on the value is used. */
function afterCursor<E extends ObjectLiteral>(
  rows: SelectQueryBuilder<E>,
  { sortBy, descending, after }: ListQuery,
  key: string,
): SelectQueryBuilder<E> {
  const [column, id] = [`row.${sortBy.property}`, `row.${key}`];
  const beyond = descending ? '<' : '>';
  if (after) {
    rows.andWhere(`${column} ${beyond}= :value AND (${column} ${beyond} :value OR ${id} ${beyond} :id)`, { ...after });
  }
  const direction = descending ? 'DESC' : 'ASC';
  rows.orderBy(column, direction);
  return key === sortBy.property ? rows : rows.addOrderBy(id, direction);
}

function cursorAt(row: ObjectLiteral, { sort, sortBy }: ListQuery, key: string): string {
  const value: unknown = Reflect.get(row, sortBy.property);
  const id: unknown = Reflect.get(row, key);
  const comparable = typeof value === 'string' || typeof value === 'number';
  if (!comparable || typeof id !== 'string')
    throw new TypeError(`A list cannot be sorted by ${sortBy.property}: it has no value in some row`);
  return encodeCursor(sort, { value, id });
}
