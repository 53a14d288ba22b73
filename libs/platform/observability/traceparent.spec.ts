import { expect, test } from '@jest/globals';
import { newId } from '../clock.js';
import { traceIdOf, traceIdOfLogin, traceparentOfLogin } from './traceparent.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

test.each([
  [`00-${traceId}-00f067aa0ba902b7-01`, traceId],
  [`00-${traceId}-00f067aa0ba902b7-00`, traceId],
  [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, undefined],
  [`00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`, undefined],
  [`01-${traceId}-00f067aa0ba902b7-01`, undefined],
  [`00-${traceId}-00f067aa0ba902b7-01 x`, undefined],
  ['', undefined],
  [null, undefined],
])('the trace id in %j is %j', (traceparent, expected) => {
  expect(traceIdOf(traceparent)).toBe(expected);
});

test('a login is in the trace of the request that began it, or in one that has its id', () => {
  const loginId = newId();
  const incoming = `00-${traceId}-00f067aa0ba902b7-01`;
  expect(traceIdOfLogin(loginId, incoming)).toBe(traceId);
  expect(traceIdOf(traceparentOfLogin(loginId, incoming))).toBe(traceId);
  expect(traceIdOf(traceparentOfLogin(loginId))).toBe(loginId.replaceAll('-', ''));
  expect(traceparentOfLogin(loginId, 'nonsense')).not.toBe(traceparentOfLogin(loginId, 'nonsense'));
});
