import { systemClock } from '@foyer/platform';
import { jwksCacheSeconds, SigningKeys } from '@foyer/protocols';
import { withSite } from './site.js';

/** Publishes the next signing keys. Returns what to tell the administrator. */
export function rotateKeys(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  return withSite(env, async ({ database, revision, vault, settings, logger }) => {
    const keys = new SigningKeys(database, revision, vault, settings, systemClock, logger);
    const minted = await keys.rotate();
    await keys.onApplicationShutdown();
    if (minted.length === 0) return 'The next keys are published already.\n';
    return `Published ${minted.join(', ')}: signing from ${jwksCacheSeconds / 60} minutes from now, unless they are the first keys.\n`;
  });
}
