import type { JobStatus } from '../store/job.row.js';
import type { JobChange } from './job-events.js';

/** What changed since it was last told: of each job the latest, and of very many jobs only that they are very many. */
export class LatestChanges {
  private latest = new Map<string, JobStatus>();
  private tooMany = false;

  constructor(private readonly most: number) {}

  get isEmpty(): boolean {
    return this.latest.size === 0 && !this.tooMany;
  }

  add(changes: readonly JobChange[]): void {
    if (this.tooMany) return;
    for (const { id, status } of changes) this.latest.set(id, status);
    if (this.latest.size > this.most) this.addAny();
  }

  /** Anything may have changed. */
  addAny(): void {
    this.tooMany = true;
    this.latest.clear();
  }

  /** @returns undefined when anything may have changed */
  take(): readonly JobChange[] | undefined {
    const changes = this.tooMany ? undefined : [...this.latest].map(([id, status]) => ({ id, status }));
    this.latest = new Map();
    this.tooMany = false;
    return changes;
  }
}
