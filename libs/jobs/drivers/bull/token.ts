import { randomBytes } from 'node:crypto';

/** What stands in Redis for jobs that are brought to a worker together: their ids. All that counts about them is in the database. */
export interface Token {
  readonly ids: readonly string[];
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The ids in what somebody put into the queue; undefined when it is nothing of ours. */
export function jobIdsIn(data: unknown): readonly string[] | undefined {
  const ids: unknown = typeof data === 'object' && data !== null && 'ids' in data ? data.ids : undefined;
  if (!Array.isArray(ids) || ids.length === 0) return undefined;
  return ids.every((id) => typeof id === 'string' && uuid.test(id)) ? ids : undefined;
}

/**
 * Bull's own id of a token. For a single job it is the same until somebody has claimed the job, or was brought it and left it, so that it is in the
 * queue once however often it is handed over. Of several it is never the same again: others may be with them next time.
 */
export function tokenIdOf([first, ...others]: readonly { readonly id: string; readonly fence: number }[]): string {
  const id = `${first?.id}.${first?.fence}`;
  return others.length === 0 ? id : `${id}+${randomBytes(6).toString('base64url')}`;
}
