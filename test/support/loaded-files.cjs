// Loaded before a program: when that ends, the files that it required are written to the file LOADED_FILES, as JSON.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.LOADED_FILES, JSON.stringify(Object.keys(require.cache))));
