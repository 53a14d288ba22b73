import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePattern, compilePatterns, patternProblem } from './pattern.js';

test('a pattern matches a whole text, and tells what its groups captured', () => {
  const team = compilePattern('team-(.+?)(-lead)?');
  expect(team.matches('team-blue')).toBe(true);
  expect(team.matches('a team-blue')).toBe(false);
  expect(team.capture('team-blue-lead')).toEqual(['blue', '-lead']);
  expect(team.capture('team-blue')).toEqual(['blue', '']);
  expect(team.capture('a team-blue')).toBeUndefined();
  expect(compilePattern('team').capture('team')).toEqual([]);
});

const source = fc.constantFrom(
  '',
  'a',
  'a|ab',
  '(a*)*b?',
  '^a(.)$',
  '.*',
  '(?i)AB',
  '[^a]+',
  '\\w{2,3}',
  '(?:ab)+|b',
  'ü.',
  '(?s).*\\n',
  'a$\\n?',
);
const text = fc.oneof(fc.stringMatching(/^[ab]{0,6}$/), fc.constantFrom('AB', 'ü\u{1f600}', 'a\n', '\n', '\ud800'), fc.string());

test('patterns together match what each matches alone', () => {
  fc.assert(
    fc.property(fc.array(source, { maxLength: 6 }), text, (sources, it) => {
      const alone = sources.flatMap((one, place) => (compilePattern(one).matches(it) ? [place] : []));
      expect(compilePatterns(sources).matching(it)).toEqual(alone);
    }),
    { numRuns: 1_000 },
  );
});

test('what could not be run is no pattern', () => {
  expect(patternProblem('^team-(.+)$')).toBeUndefined();
  expect(patternProblem('(')).toMatch(/^is not/);
  expect(patternProblem('(a)\\1')).toMatch(/refer back/);
  expect(patternProblem('(?=a)')).toMatch(/look around/);
  expect(patternProblem('(a{1,900}){1,900}')).toMatch(/^is /);
});
