// Foyer's own lint rules, for what oxlint's cannot express. Each has a fixture in test/lint/fixtures that violates it.
import { guardedRoutes } from './guarded-routes.mjs';
import { importBoundaries } from './import-boundaries.mjs';
import { transactionsInPlatform } from './transactions-in-platform.mjs';

export default {
  meta: { name: 'foyer' },
  rules: {
    'guarded-routes': guardedRoutes,
    'import-boundaries': importBoundaries,
    'transactions-in-platform': transactionsInPlatform,
  },
};
