import { filterBy, type ListDeclaration } from '@foyer/platform';
import { JobRow, jobStatuses } from '../store/job.row.js';

/** How jobs are filtered and sorted. */
export const jobsList: ListDeclaration<JobRow> = {
  entity: JobRow,
  unread: ['payload'],
  sortable: { createdAt: { property: 'createdAt', type: 'number' } },
  filterable: {
    status: filterBy.oneOf('status', jobStatuses),
    kind: filterBy.text('kind'),
    identityProvider: filterBy.text('identityProvider'),
    userId: filterBy.text('subjectId'),
    loginId: filterBy.text('loginId'),
    code: filterBy.text('code'),
    createdFrom: filterBy.time('createdAt', 'from'),
    createdBefore: filterBy.time('createdAt', 'before'),
  },
  defaultSort: '-createdAt',
};
