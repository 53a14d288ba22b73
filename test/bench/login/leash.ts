/** Preloaded into every process that a benchmark starts: ends it when whoever started it is gone, however that ended. */
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
