import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors/error-code.js';
import { secretKey } from './parsers.js';

/**
 * The key in `{dataDir}/secret.key`, generated when there is none. Of processes that start at the same moment one creates it, whole or not at
 * all, and all read the same.
 */
export function keptSecretKey(dataDir: string): Buffer {
  const file = join(dataDir, 'secret.key');
  const stored = read(file) ?? create(file);
  try {
    return secretKey(stored.trim());
  } catch {
    throw new Error(`${file} does not hold a key of 32 bytes in base64url. Restore it from a backup, or set FOYER_SECRET_KEY.`);
  }
}

function create(file: string): string {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64url')}\n`);
    fsyncSync(descriptor);
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    closeSync(descriptor);
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
