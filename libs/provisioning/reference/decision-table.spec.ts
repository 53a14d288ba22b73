import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chapters } from '../plan/situations/situations.js';
import { decisionTable } from './decision-table.js';

const guide = join(import.meta.dirname, '../../../docs/guides/decision-table.md');

test('the guide is what the situations say (npm run docs:decisions)', () => {
  expect(readFileSync(guide, 'utf8')).toBe(decisionTable());
});

test('no two situations have the same words', () => {
  const words = chapters.flatMap(({ situations }) => situations.map(({ when }) => when));
  expect(words).toEqual([...new Set(words)]);
});
