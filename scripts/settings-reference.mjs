// npm run docs:settings: writes docs/guides/settings-reference.md from the declarations of the settings.
import { writeFileSync } from 'node:fs';
import { build, outputOf } from './build.mjs';

if (!build('modules')) process.exit(1);
const { settingsReference } = await import(`${outputOf('modules')}/libs/configuration/reference/settings-reference.js`);
writeFileSync(new URL('../docs/guides/settings-reference.md', import.meta.url), settingsReference());
