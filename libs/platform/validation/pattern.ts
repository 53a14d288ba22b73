import { RE2JS, RE2JSException, RE2Set } from 're2js';

export const maxPatternLength = 1_000;
/** Instructions of the compiled pattern: what bounds the time that a match may take. */
const maxProgramSize = 2_000;

/** A pattern that a whole text has to match, as WSO2's `…JavaRegEx` have it. RE2: no backreferences, no look-around, no runaway. */
export interface Pattern {
  matches(text: string): boolean;
  /** How many groups it has. */
  readonly groups: number;
  /** What the groups captured, from the first on, empty where one took no part; undefined when the text does not match as a whole. */
  capture(text: string): readonly string[] | undefined;
}

/** Several patterns that look at a text together, in one pass. */
export interface PatternSet {
  /** Which of them match the whole text, by their places, in order. */
  matching(text: string): readonly number[];
}

/** @throws RE2JSException when {@link patternProblem} has something to say */
export function compilePattern(source: string): Pattern {
  const compiled = RE2JS.compile(source);
  const groups = Array.from({ length: compiled.groupCount() }, (_, index) => index + 1);
  return {
    matches: (text) => compiled.matches(text),
    groups: groups.length,
    capture(text) {
      const matcher = compiled.matcher(text);
      return matcher.matches() ? groups.map((group) => matcher.group(group) ?? '') : undefined;
    },
  };
}

/** @throws RE2JSException when {@link patternProblem} has something to say about one */
export function compilePatterns(sources: readonly string[]): PatternSet {
  const set = new RE2Set(RE2Set.ANCHOR_BOTH);
  for (const source of sources) set.add(source);
  set.compile();
  return { matching: (text) => set.match(text).sort((one, other) => one - other) };
}

/** Why a text is no pattern that can be used; completes "{path} …". Undefined when it is one. */
export function patternProblem(source: string): string | undefined {
  if (source.length > maxPatternLength) return `must have at most ${maxPatternLength} characters`;
  try {
    if (RE2JS.compile(source).programSize() > maxProgramSize) return 'is too large once its repetitions are written out';
    return undefined;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return /\(\?[=!<]|\\[1-9]/.test(source)
      ? 'must not look around ((?=, (?!, (?<) or refer back (\\1): patterns run on RE2, which has neither'
      : 'is not a regular expression (syntax of RE2)';
  }
}
