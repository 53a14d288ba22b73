import { RE2JS, RE2JSException } from 're2js';

export const maxPatternLength = 1_000;
/** Instructions of the compiled pattern: what bounds the time that a match may take. */
const maxProgramSize = 2_000;

/** A pattern that a whole text has to match, as WSO2's `…JavaRegEx` have it. RE2: no backreferences, no look-around, no runaway. */
export interface Pattern {
  matches(text: string): boolean;
}

/** @throws RE2JSException when {@link patternProblem} has something to say */
export function compilePattern(source: string): Pattern {
  const compiled = RE2JS.compile(source);
  return { matches: (text) => compiled.matches(text) };
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
