import { expect, test } from '@jest/globals';
import { Metrics } from '@foyer/platform';
import type { Domain, UserStoreDirectory } from '../contract.js';
import type { CircuitState } from './circuit-breaker.js';
import { CircuitMetrics } from './circuit-metrics.js';

test('each store that can be out of reach tells whether calls go through', async () => {
  const states: Record<string, CircuitState | undefined> = { PRIMARY: undefined, CORP: 'closed', SALES: 'halfOpen', HQ: 'open' };
  const all = () => Object.entries(states).map(([domain, circuit]) => ({ domain, store: { circuit } }) as Domain);
  const metrics = new Metrics();
  const told = new CircuitMetrics(metrics, { all, find: () => undefined } satisfies UserStoreDirectory);
  expect(told).toBeDefined();
  const lines = async () => (await metrics.text()).body.split('\n').filter((line) => line.startsWith('foyer_user_store_circuit{'));
  expect(await lines()).toEqual(
    [
      ['CORP', 0],
      ['SALES', 1],
      ['HQ', 2],
    ].map(([domain, value]) => `foyer_user_store_circuit{user_store="${domain}"} ${value}`),
  );
  states['CORP'] = 'open';
  expect(await lines()).toContain('foyer_user_store_circuit{user_store="CORP"} 2');
});
