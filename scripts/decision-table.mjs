// npm run docs:decisions: writes docs/guides/decision-table.md from the situations that plan() is tested with.
import { writeFileSync } from 'node:fs';
import { build } from './build.mjs';

if (!build()) process.exit(1);
const { decisionTable } = await import('../dist/libs/provisioning/reference/decision-table.js');
writeFileSync(new URL('../docs/guides/decision-table.md', import.meta.url), decisionTable());
