import { beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, outputOf } from '../../scripts/build.mjs';
import { freePort } from '../support/leashed-server.mjs';
import { TestRedis } from '../support/redis.js';

const tls = join(import.meta.dirname, '../support/tls');
const authority = join(tls, 'cert.pem');
let port: number;

beforeAll(async () => {
  if (!build()) throw new Error('The build failed');
  port = await freePort();
  const files = ['--tls-cert-file', authority, '--tls-key-file', join(tls, 'key.pem'), '--tls-ca-cert-file', authority];
  await TestRedis.start('--tls-port', String(port), ...files, '--tls-auth-clients', 'no');
});

/** Starts on a Redis in a process of its own, because a process reads its authorities once. @returns what became of it */
async function start(url: string, trusted: NodeJS.ProcessEnv): Promise<string> {
  const modules = pathToFileURL(`${outputOf('modules')}/libs/platform/`).href;
  const program = `
    const { RedisConnections } = await import('${modules}redis/redis-connections.js');
    const { redisUrl } = await import('${modules}settings/redis-url.js');
    const logger = { info() {}, warn() {}, error() {} };
    const connections = new RedisConnections(redisUrl(process.argv[1]), logger);
    const ends = (error) => error.code + ' ' + String(error.cause);
    console.log(await connections.start(100).then(() => connections.connection('test').run((client) => client.set('a', 1)), ends));
    process.exit();`;
  const env = { ...process.env, ...trusted };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program, url], { env });
  return stdout.trim();
}

test.each(['127.0.0.1', 'localhost'])('a Redis at %s is reached through TLS when its authority is trusted', async (host) => {
  expect(await start(`rediss://${host}:${port}`, { NODE_EXTRA_CA_CERTS: authority })).toBe('OK');
});

test('one that nobody vouches for is not spoken to', async () => {
  expect(await start(`rediss://127.0.0.1:${port}`, { NODE_EXTRA_CA_CERTS: '' })).toMatch(/^redis\.unavailable .*self-signed certificate/);
});
