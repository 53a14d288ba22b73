import { Injectable } from '@nestjs/common';
import { FoyerError } from '../errors/foyer-error.js';

/**
 * Answers that go on until somebody ends them, such as a stream of events. A process that is to end waits for its answers, so it ends these first:
 * whoever reads them connects again, to a process that stays.
 */
@Injectable()
export class OpenAnswers {
  private readonly ends = new Set<() => void>();
  private ending = false;

  get count(): number {
    return this.ends.size;
  }

  /**
   * @param end ends the answer; called once at most
   * @returns to be called when the answer has ended by itself
   * @throws FoyerError `server.stopping`
   */
  add(end: () => void): () => void {
    if (this.ending) throw new FoyerError('unavailable', 'server.stopping', 'This server is stopping. Try again.', { retryAfter: 1 });
    this.ends.add(end);
    return () => void this.ends.delete(end);
  }

  /** Ends all, and takes no more. */
  endAll(): void {
    this.ending = true;
    for (const end of this.ends) end();
    this.ends.clear();
  }
}
