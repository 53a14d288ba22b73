import { FoyerError } from '@foyer/platform';

export const jobNotFound = (): FoyerError => new FoyerError('notFound', 'job.notFound', 'There is no job with this id.');

export const jobRunning = (): FoyerError =>
  new FoyerError('conflict', 'job.running', 'A worker has this job at the moment. Wait until it has ended, and look again.');

export const jobEnded = (): FoyerError => new FoyerError('conflict', 'job.ended', 'This job has ended: nothing is left to be done.');

export const jobKindUnknown = (kind: string): FoyerError =>
  new FoyerError('conflict', 'job.kindUnknown', `This version of Foyer does not know jobs of the kind ${kind}: use the one that added it.`);
