// npm run docs:decisions: writes docs/guides/decision-table.md from the situations that plan() is tested with.
import { writeFileSync } from 'node:fs';
import { build, outputOf } from './build.mjs';

if (!build('modules')) process.exit(1);
const { decisionTable } = await import(`${outputOf('modules')}/libs/provisioning/reference/decision-table.js`);
writeFileSync(new URL('../docs/guides/decision-table.md', import.meta.url), decisionTable());
