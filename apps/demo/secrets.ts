import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const names = ['adminPassword', 'adminClientSecret', 'identityProviderSecret', 'applicationSecret'] as const;

/** What the parties of the demo prove themselves with. */
export type DemoSecrets = Readonly<Record<(typeof names)[number], string>>;

/**
 * The secrets of one data directory, made at its first use: they stay, because Foyer's database in it knows the administrator's password.
 * @throws Error when the file is there and makes no sense
 */
export function demoSecrets(dataDir: string): DemoSecrets {
  const file = join(dataDir, 'demo-secrets.json');
  if (!existsSync(file)) {
    const fresh = Object.fromEntries(names.map((name) => [name, randomBytes(24).toString('base64url')]));
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(fresh, undefined, 2), { mode: 0o600 });
  }
  const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isComplete(kept)) throw new Error(`${file} is damaged. Delete ${dataDir} to begin anew.`);
  return kept;
}

function isComplete(kept: unknown): kept is DemoSecrets {
  return typeof kept === 'object' && kept !== null && names.every((name) => name in kept && typeof Reflect.get(kept, name) === 'string');
}
