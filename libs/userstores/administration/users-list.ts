import type { EntityManager } from 'typeorm';
import { filterBy, invalidInput, listPage, type FilterableField, type ListDeclaration, type Page } from '@foyer/platform';
import { emailKey } from '../registry/searchable-email.js';
import { UserRow } from '../registry/user-row.js';
import { domainKey } from '../settings/settings.js';
import { usernameKey } from '../username/username.js';
import type { UserLinks } from './contract.js';

const compared = (property: string, key: (text: string) => string): FilterableField => ({ property, parse: key, wants: 'text' });

/** Filters on the links of users, which others keep. */
const linkFilters = {
  identityProvider: filterBy.text('id'),
  subject: filterBy.text('id'),
};

const own = {
  entity: UserRow,
  sortable: {
    createdAt: { property: 'createdAt', type: 'number' },
    username: { property: 'usernameKey', type: 'text' },
    id: { property: 'id', type: 'text' },
  },
  filterable: {
    id: filterBy.text('id'),
    username: compared('usernameKey', usernameKey),
    userStore: compared('userStore', domainKey),
    enabled: filterBy.flag('enabled'),
    locked: filterBy.flag('locked'),
    expiresFrom: filterBy.time('expiresAt', 'from'),
    expiresBefore: filterBy.time('expiresAt', 'before'),
    email: compared('email', emailKey),
    createdFrom: filterBy.time('createdAt', 'from'),
    createdBefore: filterBy.time('createdAt', 'before'),
  },
  defaultSort: '-createdAt',
} as const satisfies ListDeclaration<UserRow>;

/** What the list of users takes, for OpenAPI. */
export const usersList = { ...own, filterable: { ...own.filterable, ...linkFilters } };

/** One page of users, filtered by their links too. */
export function usersPage(read: EntityManager, links: UserLinks, query: Readonly<Record<string, unknown>>): Promise<Page<UserRow>> {
  const { identityProvider, subject, ...rest } = query;
  const wanted = { ...text('identityProvider', identityProvider), ...text('subject', subject) };
  if (Object.keys(wanted).length === 0) return listPage(read, own, rest);
  const { sql, parameters } = links.usersWith(wanted);
  return listPage(read, { ...own, only: (rows) => void rows.andWhere(`row.id IN (${sql})`, parameters) }, rest);
}

function text<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  if (value === undefined) return {};
  if (typeof value !== 'string') throw invalidInput([{ path: name, code: 'value.duplicate', message: 'must be given once' }]);
  return { [name]: value } as Record<Name, string>;
}
