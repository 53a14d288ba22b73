import type { RoleMapping, RoleSettings } from '@foyer/identity-providers';
import { compilePattern, compilePatterns, type Pattern, type PatternSet } from '@foyer/platform';
import { membershipKey, type Membership } from '@foyer/userstores';
import { comparableName } from './comparable-name.js';

/** A role or group that a mapping names: as it stands there, or with places for what its pattern captures. */
export interface Target {
  readonly kind: Membership['kind'];
  /** As it stands in the settings. */
  readonly written: string;
  /** Its `membershipKey`, as it is written. */
  readonly key: string;
  /** Texts, and numbers of captures, from 0 on. */
  readonly parts: readonly (string | number)[];
}

/** A pattern and what it grants. */
export interface PatternTarget {
  readonly pattern: Pattern;
  readonly target: Target;
}

/** The role settings of an identity provider, in the form in which remote roles are looked up. */
export interface RoleMappings {
  /** By remote role. */
  readonly exact: ReadonlyMap<string, readonly Target[]>;
  readonly patterns: readonly PatternTarget[];
  /** All the patterns together; tells which of them match. */
  readonly patternSet: PatternSet;
  /** The names, comparable, of what is never granted. */
  readonly never: ReadonlySet<string>;
}

const compiled = new WeakMap<RoleSettings, RoleMappings>();

/** Compiles settings when they are seen for the first time. */
export function roleMappings(settings: RoleSettings): RoleMappings {
  const known = compiled.get(settings);
  if (known) return known;
  const mappings = compile(settings);
  compiled.set(settings, mappings);
  return mappings;
}

function compile({ mappings, never }: RoleSettings): RoleMappings {
  const exact = new Map<string, Target[]>();
  const patterns: PatternTarget[] = [];
  for (const mapping of mappings) {
    if (mapping.pattern !== undefined) patterns.push({ pattern: compilePattern(mapping.pattern), target: targetOf(mapping, placesIn) });
    for (const remote of typeof mapping.remote === 'string' ? [mapping.remote] : (mapping.remote ?? [])) {
      exact.set(remote, [...(exact.get(remote) ?? []), targetOf(mapping, (written) => [written])]);
    }
  }
  return {
    exact,
    patterns,
    patternSet: compilePatterns(mappings.flatMap(({ pattern }) => pattern ?? [])),
    never: new Set(never.map(comparableName)),
  };
}

function targetOf({ local, group }: RoleMapping, partsOf: (written: string) => Target['parts']): Target {
  const written = group ?? local ?? '';
  const kind = group === undefined ? 'role' : 'group';
  return { kind, written, key: membershipKey({ kind, name: written }), parts: partsOf(written) };
}

/** `$1` to `$9` are places; any other `$` is itself. */
const placesIn = (written: string): Target['parts'] =>
  written.split(/(\$[1-9])/).map((part) => (/^\$[1-9]$/.test(part) ? Number(part[1]) - 1 : part));

/** The name with captures in their places; undefined as soon as it is longer than any name may be. */
export function nameOf({ parts }: Target, captures: readonly string[], maxLength: number): string | undefined {
  let name = '';
  for (const part of parts) {
    name += typeof part === 'string' ? part : (captures[part] ?? '');
    if (name.length > maxLength) return undefined;
  }
  return name;
}
