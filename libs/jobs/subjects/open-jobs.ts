import type { OpenJob } from './job-subject.row.js';

/** The job that has its turn: the first that is not dead. */
export const turnOf = (openJobs: readonly OpenJob[]): string | undefined => openJobs.find(({ dead }) => !dead)?.id;

export const without = (openJobs: readonly OpenJob[], ids: ReadonlySet<string>): OpenJob[] => openJobs.filter(({ id }) => !ids.has(id));
