import { expect, test } from '@jest/globals';
import { LocalJobEvents } from '../events/local-job-events.js';
import { JobAnnouncements } from './job-announcements.js';

test('a driver is told what waits, and so is who watches jobs, whether or not there is a driver', () => {
  const events = new LocalJobEvents();
  const seen: unknown[] = [];
  events.subscribe({ changed: (changes) => void seen.push(...changes), missed: () => undefined });
  const announcements = new JobAnnouncements(events);
  announcements.announce(['a']);
  const told: unknown[] = [];
  announcements.onAnnounced((ids, inMs) => void told.push(ids, inMs));
  announcements.announce(['b', 'c'], 5);
  announcements.announce([]);
  expect(told).toEqual([['b', 'c'], 5]);
  expect(seen).toEqual(['a', 'b', 'c'].map((id) => ({ id, status: 'waiting' })));
});
