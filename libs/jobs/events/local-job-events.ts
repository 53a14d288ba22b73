import type { JobChange, JobEvents, JobWatcher } from './job-events.js';

/** Within one process. */
export class LocalJobEvents implements JobEvents {
  private readonly watchers = new Set<JobWatcher>();

  publish(changes: readonly JobChange[]): void {
    if (changes.length === 0) return;
    for (const watcher of this.watchers) watcher.changed(changes);
  }

  subscribe(watcher: JobWatcher): () => void {
    this.watchers.add(watcher);
    watcher.missed();
    return () => void this.watchers.delete(watcher);
  }
}
