import type { OpenJob } from './job-subject.row.js';

/** The job that has its turn: the first that is not dead. */
export const turnOf = (openJobs: readonly OpenJob[]): string | undefined => openJobs.find(({ dead }) => !dead)?.id;

export const without = (openJobs: readonly OpenJob[], ids: ReadonlySet<string>): OpenJob[] => openJobs.filter(({ id }) => !ids.has(id));

/**
 * Whether the newer of two jobs of a subject says all that the older one does: what one identity provider said does not make up for what another
 * one did.
 */
export const isSameWork = (
  one: Pick<OpenJob, 'kind' | 'identityProviderId'>,
  other: Pick<OpenJob, 'kind' | 'identityProviderId'>,
): boolean => one.kind === other.kind && one.identityProviderId === other.identityProviderId;
