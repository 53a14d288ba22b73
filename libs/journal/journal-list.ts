import { filterBy, type ListDeclaration } from '@foyer/platform';
import { outcomes } from './journal-entry.dto.js';
import { JournalEntryRow } from './journal-entry-row.js';

/** How entries are filtered and sorted. */
export const journalList: ListDeclaration<JournalEntryRow> = {
  entity: JournalEntryRow,
  sortable: { createdAt: { property: 'createdAt', type: 'number' }, durationMs: { property: 'durationMs', type: 'number' } },
  filterable: {
    loginId: filterBy.text('loginId'),
    userId: filterBy.text('userId'),
    identityProvider: filterBy.text('identityProvider'),
    userStore: filterBy.text('userStore'),
    username: filterBy.text('username'),
    outcome: filterBy.oneOf('outcome', outcomes),
    code: filterBy.text('code'),
    createdFrom: filterBy.time('createdAt', 'from'),
    createdBefore: filterBy.time('createdAt', 'before'),
  },
  defaultSort: '-createdAt',
};
