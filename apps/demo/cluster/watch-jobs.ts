import { setTimeout as delay } from 'node:timers/promises';
import { AdminApi, isAdminJob, isAdminUser, type AdminJob } from '../admin-api.js';
import type { Demo } from '../demo.js';
import type { Print } from '../walkthrough.js';

const everyMs = 500;

/** What became of a job, and of the account that it is about, on one line. */
async function lineOf(api: AdminApi, job: AdminJob): Promise<string> {
  const { id, kind, status, worker, code, createdAt, endedAt, userId } = job;
  if (endedAt === null) return `  job ${id} (${kind}): ${status}${code ? `, ${code}` : ''}`;
  const took = Date.parse(endedAt) - Date.parse(createdAt);
  const user = await api.get(`/users/${userId}`).catch(() => undefined);
  const whose = isAdminUser(user) ? `account “${user.username}” ${userId}` : `user ${userId}`;
  return `  job ${id} (${kind}): ${status} ${took} ms after the login, by ${worker ?? 'nobody'}; ${whose}`;
}

/** Prints each job as it comes and as it ends, until `stopped` resolves. */
export async function watchJobs({ foyer, secrets }: Demo, print: Print, stopped: Promise<unknown>): Promise<void> {
  const shown = new Map<string, string>();
  let api: AdminApi | undefined;
  const look = async (): Promise<void> => {
    api ??= await AdminApi.authenticate(foyer.url, secrets.adminClientSecret);
    const { items } = await api.list('/jobs?limit=50');
    for (const job of items.filter(isAdminJob).toReversed()) {
      if (shown.get(job.id) === job.status) continue;
      shown.set(job.id, job.status);
      print(await lineOf(api, job));
    }
  };
  const ended = stopped.then(() => 'stopped' as const);
  while ((await Promise.race([ended, delay(everyMs)])) !== 'stopped') {
    // A server that somebody has just ended, or a token that is an hour old: the next look asks anew.
    await look().catch(() => (api = undefined));
  }
}
