import { expect, test } from '@jest/globals';
import { FoyerError } from '@foyer/platform';
import { CircuitBreaker, type CircuitState } from './circuit-breaker.js';
import { withDeadline } from './deadline.js';

const refusal = (retryAfter: number): Error => new Error(`refused, try again in ${retryAfter} s`);
const failing = (): Promise<never> => Promise.reject(new Error('down'));

function breaker(): { run: <T>(call: () => Promise<T>) => Promise<T>; wait: (ms: number) => void; state: () => CircuitState } {
  let now = 0;
  const circuit = new CircuitBreaker({ now: () => now }, { failures: 2, restMs: 1_500 });
  return { run: (call) => circuit.run(call, refusal), wait: (ms) => (now += ms), state: () => circuit.state };
}

test('after failures in a row, nothing is called for a while', async () => {
  const { run, wait } = breaker();
  for (let n = 0; n < 2; n += 1) await expect(run(failing)).rejects.toThrow('down');
  await expect(run(() => Promise.resolve('fine'))).rejects.toThrow('refused, try again in 2 s');
  wait(1_499);
  await expect(run(failing)).rejects.toThrow('refused, try again in 1 s');
  wait(1);
  expect(await run(() => Promise.resolve('fine'))).toBe('fine');
  await expect(run(failing)).rejects.toThrow('down');
  expect(await run(() => Promise.resolve('fine'))).toBe('fine');
});

test('who looks sees whether calls go through', async () => {
  const { run, wait, state } = breaker();
  expect(state()).toBe('closed');
  for (let n = 0; n < 2; n += 1) await expect(run(failing)).rejects.toThrow('down');
  expect(state()).toBe('open');
  wait(1_500);
  expect(state()).toBe('halfOpen');
  await run(() => Promise.resolve('fine'));
  expect(state()).toBe('closed');
});

test('one call alone tries whether it works again', async () => {
  const { run, wait } = breaker();
  for (let n = 0; n < 2; n += 1) await expect(run(failing)).rejects.toThrow('down');
  wait(1_500);
  const trial = run(() => new Promise((_, reject) => setImmediate(reject, new Error('still down'))));
  await expect(run(failing)).rejects.toThrow('refused');
  await expect(trial).rejects.toThrow('still down');
  await expect(run(failing)).rejects.toThrow('refused, try again in 2 s');
});

test('an answer that says no is no failure', async () => {
  const { run } = breaker();
  const taken = (): Promise<never> => Promise.reject(new FoyerError('conflict', 'username.taken', 'It is taken.'));
  await expect(run(failing)).rejects.toThrow('down');
  for (let n = 0; n < 5; n += 1) await expect(run(taken)).rejects.toMatchObject({ code: 'username.taken' });
  await expect(run(failing)).rejects.toThrow('down');
  expect(await run(() => Promise.resolve('fine'))).toBe('fine');
});

test('nobody waits longer than the deadline', async () => {
  await expect(withDeadline(new Promise(() => undefined), 1)).rejects.toThrow('No answer within 1 ms');
  expect(await withDeadline(Promise.resolve('in time'), 1_000)).toBe('in time');
});
