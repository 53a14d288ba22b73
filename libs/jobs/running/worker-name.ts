import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A name that no other process has or had, and that tells an administrator where to look. */
export const newWorkerName = (): string => `${hostname().slice(0, 60)}-${process.pid}-${randomBytes(4).toString('hex')}`;
