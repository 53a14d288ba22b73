import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSite, type Site } from '../../apps/server/cli/site.js';

/** A site of its own for a test: settings and their tables in a new data directory, as the command line opens it. */
export interface SettingsSite extends Site {
  readonly folder: string;
  readonly env: Record<string, string>;
  /** Writes a file into the folder of the site and returns its path. */
  write(name: string, content: string | Uint8Array): string;
  close(): Promise<void>;
}

/** @param env further variables, such as `FOYER_DATABASE_URL` */
export async function openSettingsSite(env: Readonly<Record<string, string>> = {}): Promise<SettingsSite> {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-settings-'));
  const all = { FOYER_DATA_DIR: join(folder, 'data'), FOYER_PUBLIC_URL: 'https://foyer.example', ...env };
  const site = await openSite(all);
  return {
    ...site,
    folder,
    env: all,
    write: (name, content) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    close: async () => {
      await site.database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
