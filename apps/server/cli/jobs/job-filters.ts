import type { ParseArgsConfig } from 'node:util';

/** Options that say which jobs, and what the admin API calls them. */
const filterNames = {
  kind: 'kind',
  idp: 'identityProvider',
  user: 'userId',
  login: 'loginId',
  code: 'code',
  from: 'createdFrom',
  before: 'createdBefore',
} as const;

type FilterOption = keyof typeof filterNames;

const option = { type: 'string' } as const;

export const filterOptions = {
  kind: option,
  idp: option,
  user: option,
  login: option,
  code: option,
  from: option,
  before: option,
} as const satisfies Record<FilterOption, NonNullable<ParseArgsConfig['options']>[string]>;

export type FilterValues = Readonly<Partial<Record<FilterOption, string>>>;

/** The filters that were given, as the admin API takes them. */
export function filtersOf(values: FilterValues): Record<string, string> {
  const given = Object.entries(filterNames).flatMap(([name, filter]) => {
    const value = values[name as FilterOption];
    return value === undefined ? [] : [[filter, value] as const];
  });
  return Object.fromEntries(given);
}
