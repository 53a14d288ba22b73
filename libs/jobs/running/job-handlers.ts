import { Inject, Injectable } from '@nestjs/common';
import { JOB_HANDLERS, type JobHandler } from './job-handler.js';

/** Who does which jobs. */
@Injectable()
export class JobHandlers {
  private readonly byKind: ReadonlyMap<string, JobHandler>;

  /** @throws TypeError when two do jobs of one kind */
  constructor(@Inject(JOB_HANDLERS) handlers: readonly JobHandler[]) {
    this.byKind = new Map(handlers.map((handler) => [handler.kind, handler]));
    if (this.byKind.size !== handlers.length)
      throw new TypeError(`Two handlers for jobs of one kind: ${handlers.map(({ kind }) => kind).join(', ')}`);
  }

  get kinds(): readonly string[] {
    return [...this.byKind.keys()];
  }

  has(kind: string): boolean {
    return this.byKind.has(kind);
  }

  find(kind: string): JobHandler | undefined {
    return this.byKind.get(kind);
  }
}
