import type { JobChange, JobChangeListener, JobEvents } from './job-events.js';

/** Within one process. */
export class LocalJobEvents implements JobEvents {
  private readonly listeners = new Set<JobChangeListener>();

  publish(changes: readonly JobChange[]): void {
    if (changes.length === 0) return;
    for (const listener of this.listeners) listener(changes);
  }

  subscribe(listener: JobChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
