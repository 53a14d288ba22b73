import { FoyerError } from '@foyer/platform';

const lostCode = 'job.lost';
const overtakenCode = 'job.overtaken';

/** The job is another worker's now, or has ended: this one must write nothing. */
export const jobLost = (): FoyerError => new FoyerError('conflict', lostCode, 'Another worker has this job now, or it has ended.');

/** A newer job or a change of this person has taken effect. */
export const jobOvertaken = (): FoyerError =>
  new FoyerError('conflict', overtakenCode, 'This job was overtaken by a newer one or a change.');

export const isJobLost = (error: unknown): boolean => error instanceof FoyerError && error.code === lostCode;
export const isJobOvertaken = (error: unknown): boolean => error instanceof FoyerError && error.code === overtakenCode;
