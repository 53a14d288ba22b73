/** What stands in Redis for a job: its id. All that counts about it is in the database. */
export interface Token {
  readonly id: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id in what somebody put into the queue; undefined when it is nothing of ours. */
export function jobIdIn(data: unknown): string | undefined {
  const id: unknown = typeof data === 'object' && data !== null && 'id' in data ? data.id : undefined;
  return typeof id === 'string' && uuid.test(id) ? id : undefined;
}

/** Bull's own id of a token: the same for the same job until somebody has claimed it, so that it is in the queue once however often it is handed over. */
export const tokenIdOf = ({ id, fence }: { readonly id: string; readonly fence: number }): string => `${id}.${fence}`;
