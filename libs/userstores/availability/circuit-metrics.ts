import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@foyer/platform';
import { USER_STORE_DIRECTORY, type UserStoreDirectory } from '../contract.js';
import type { CircuitState } from './circuit-breaker.js';

const values: Readonly<Record<CircuitState, number>> = { closed: 0, halfOpen: 1, open: 2 };

/** Tells of the circuit breakers of this process, one for each user store that is not in Foyer's own database. */
@Injectable()
export class CircuitMetrics {
  constructor(metrics: Metrics, @Inject(USER_STORE_DIRECTORY) stores: UserStoreDirectory) {
    metrics.observedEach(
      'user_store_circuit',
      'Whether calls to a user store go through: 0 they do, 1 the next one tries, 2 they are refused.',
      ['user_store'],
      () =>
        stores.all().flatMap(({ domain, store: { circuit } }) => {
          return circuit === undefined ? [] : [{ labels: { user_store: domain }, value: values[circuit] }];
        }),
    );
  }
}
