import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { JobKind } from '../kinds/job-kind.js';
import { JobKinds } from '../kinds/job-kinds.js';
import { JOB_HANDLERS, type JobHandler } from './job-handler.js';

/** Who does which jobs. */
@Injectable()
export class JobHandlers implements OnModuleInit {
  private readonly byKind: ReadonlyMap<string, JobHandler>;

  constructor(
    @Inject(JOB_HANDLERS) private readonly handlers: readonly JobHandler[],
    private readonly declared: JobKinds,
  ) {
    this.byKind = new Map(handlers.map((handler) => [handler.kind.name, handler]));
  }

  /**
   * Every module has declared its kinds by now.
   * @throws TypeError when a kind has no handler, or two, or nobody has declared it: then Foyer does not start
   */
  onModuleInit(): void {
    const handled = this.handlers.map(({ kind }) => kind.name);
    const twice = handled.filter((name, index) => handled.indexOf(name) !== index);
    if (twice.length > 0) throw new TypeError(`Two handlers for jobs of the kind ${twice.join(', ')}`);
    const missing = this.declared.names.filter((name) => !this.byKind.has(name));
    if (missing.length > 0) throw new TypeError(`No handler for jobs of the kind ${missing.join(', ')}`);
    const unknown = this.handlers.filter(({ kind }) => !this.declared.has(kind)).map(({ kind }) => kind.name);
    if (unknown.length > 0) throw new TypeError(`A handler for jobs of the kind ${unknown.join(', ')}, which nobody has declared`);
  }

  get kinds(): readonly JobKind<unknown>[] {
    return this.handlers.map(({ kind }) => kind);
  }

  find(kind: string): JobHandler | undefined {
    return this.byKind.get(kind);
  }
}
