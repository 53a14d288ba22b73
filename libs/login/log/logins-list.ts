import { filterBy, type ListDeclaration } from '@foyer/platform';
import { LoginRow } from './login-row.js';

/** How logins that ended are filtered and sorted. */
export const loginsList: ListDeclaration<LoginRow> = {
  entity: LoginRow,
  sortable: { createdAt: { property: 'startedAt', type: 'number' }, durationMs: { property: 'durationMs', type: 'number' } },
  filterable: {
    application: filterBy.text('application'),
    identityProvider: filterBy.text('identityProvider'),
    outcome: filterBy.oneOf('outcome', ['answered', 'denied', 'failed', 'expired']),
    code: filterBy.text('code'),
    step: filterBy.text('step'),
    subject: filterBy.text('subject'),
    userId: filterBy.text('userId'),
    address: filterBy.text('address'),
    createdFrom: filterBy.time('startedAt', 'from'),
    createdBefore: filterBy.time('startedAt', 'before'),
  },
  defaultSort: '-createdAt',
};
