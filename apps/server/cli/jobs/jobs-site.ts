import { userInfo } from 'node:os';
import { IdentityProviders, IdentityProvidersSection } from '@foyer/identity-providers';
import { jobDesk, type JobDesk } from '@foyer/jobs';
import { Journal } from '@foyer/journal';
import { systemClock } from '@foyer/platform';
import { provisionJobDiscarding } from '@foyer/provisioning';
import { ConfiguredLanes } from '../../configured-lanes.js';
import { withSite } from '../site.js';
import type { Terminal } from '../terminal.js';

/** What commands for jobs work on. */
export interface JobsSite extends JobDesk {
  /** As whom the command acts: what logs, pauses and the journal tell. */
  readonly by: string;
}

/** Opens the site that the environment names, lets `work` use it, and closes it. Processes that run on it look for jobs that became free. */
export function withJobs<T>({ env }: Pick<Terminal, 'env'>, work: (site: JobsSite) => Promise<T>): Promise<T> {
  return withSite(env, async ({ database, vault, logger, revision, settings }) => {
    const providers = new IdentityProviders(database, revision, new IdentityProvidersSection(vault, settings), logger);
    await providers.onModuleInit();
    const discarding = provisionJobDiscarding(new Journal(), systemClock);
    let isFreed = false;
    const desk = jobDesk({
      ...{ database, vault, logger, lanes: new ConfiguredLanes(providers) },
      discarding: { find: (kind) => (kind === discarding.kind.name ? discarding : undefined) },
      freed: () => (isFreed = true),
    });
    try {
      return await work({ ...desk, by: userOfCommand() });
    } finally {
      if (isFreed) await revision.change(async () => undefined);
    }
  });
}

function userOfCommand(): string {
  try {
    return `foyer jobs (${userInfo().username})`;
  } catch {
    // A container may run as a user who has no name.
    return 'foyer jobs';
  }
}
