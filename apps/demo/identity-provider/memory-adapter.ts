import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** How often expired entries are looked for, counted in writes. */
const writesPerSweep = 1_000;

/**
 * Keeps what `oidc-provider` remembers in memory, for one provider: a restart logs everybody out of the demo's identity provider.
 * Unlike the library's own, it never forgets an entry early because there are many.
 */
export function memoryAdapter(): AdapterFactory {
  const entries = new Map<string, Entry>();
  /** The key of a session by its `uid`, which changes while its id stays, and the other way round. */
  const sessionsByUid = new Map<string, string>();
  let writes = 0;

  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
  };
  const sweep = (): void => {
    for (const key of entries.keys()) if (!live(key)) entries.delete(key);
    for (const [uid, key] of sessionsByUid) if (!entries.has(key)) sessionsByUid.delete(uid);
  };

  return (model: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      if (++writes % writesPerSweep === 0) sweep();
      const key = `${model}:${id}`;
      entries.set(key, { payload, expiresAt: expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000 });
      if (model === 'Session' && payload.uid !== undefined) sessionsByUid.set(payload.uid, key);
    },
    find: async (id) => live(`${model}:${id}`),
    findByUid: async (uid) => live(sessionsByUid.get(uid) ?? ''),
    // The device flow, which alone has user codes, is off.
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = live(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      entries.delete(`${model}:${id}`);
    },
    // Called once per model. An interaction names a grant too, and must live on: it may be the one that replaces that grant.
    async revokeByGrantId(grantId) {
      for (const [key, entry] of entries) if (key.startsWith(`${model}:`) && entry.payload.grantId === grantId) entries.delete(key);
    },
  });
}
