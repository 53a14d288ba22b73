// A Redis of our own, as leashed-server.mjs says: keeps nothing on disk and evicts nothing.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../scripts/prepare.mjs';
import { freePort, startLeashed } from './leashed-server.mjs';

function redisProgram() {
  const program = findProgram('redis-server');
  if (!program) throw new Error('Redis (redis-server) is not installed: `npm test` installs it, or names the command that does.');
  return program;
}

/**
 * @param {object} [options]
 * @param {number} [options.port] a free one unless told: for who starts one again
 * @param {readonly string[]} [options.args] further directives, such as `['--maxmemory-policy', 'allkeys-lru']`; the last one counts
 * @returns {Promise<{ port: number, url: string, stop: () => Promise<void>, kill: () => Promise<void> }>}
 */
export async function startRedis({ port: wanted, args: more = [] } = {}) {
  const program = redisProgram();
  const port = wanted ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'foyer-redis-'));
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const args = [...own, '--maxmemory-policy', 'noeviction', ...more];
  const server = await startLeashed({ name: 'Redis', program, args, folder, port, hello: 'PING\r\n' });
  return { port, url: `redis://127.0.0.1:${port}`, ...server };
}

/**
 * A Sentinel, which writes what it learns into its own configuration.
 * @param {readonly string[]} configuration its directives, one a line
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function startSentinel(configuration) {
  const program = redisProgram();
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'foyer-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...configuration, ''].join('\n'));
  const { stop } = await startLeashed({ name: 'Sentinel', program, args: [file, '--sentinel'], folder, port, hello: 'PING\r\n' });
  return { port, stop };
}
