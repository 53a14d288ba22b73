import { Injectable } from '@nestjs/common';
import type { JobKind } from './job-kind.js';

/** The kinds of jobs that there are. A module declares those that it adds, in its constructor; the start fails when nobody handles one. */
@Injectable()
export class JobKinds {
  private readonly byName = new Map<string, JobKind<unknown>>();

  /** @throws TypeError when another kind has the name */
  declare(kind: JobKind<unknown>): void {
    const known = this.byName.get(kind.name);
    if (known && known !== kind) throw new TypeError(`Two kinds of jobs have the name ${kind.name}`);
    this.byName.set(kind.name, kind);
  }

  has(kind: JobKind<unknown>): boolean {
    return this.byName.get(kind.name) === kind;
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }
}
