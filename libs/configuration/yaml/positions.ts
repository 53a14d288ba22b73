import type { InputFault } from '@foyer/platform';

/** A place in a file, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A fault and where it is. */
export interface LocatedFault extends InputFault, Position {}

/** Where each key and item of a document stands, by its path. */
export class Positions {
  private readonly places = new Map<string, Position>();

  set(path: string, position: Position): void {
    this.places.set(path, position);
  }

  /** Where a path stands; for one that is not there (something is missing), what surrounds it. */
  locate(path: string): Position {
    for (let at = path; at !== ''; at = parentOf(at)) {
      const place = this.places.get(at);
      if (place) return place;
    }
    return { line: 1, column: 1 };
  }
}

/** `a.b[0].c` → `a.b[0]` → `a.b` → `a` → ``. */
const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0));
