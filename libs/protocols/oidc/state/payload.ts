import { createHash } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import type { StateEntry } from '@foyer/platform';

/** Only `oidc-provider` writes what is read back, so that telling it from nothing is enough. */
export const isPayload = (value: unknown): value is AdapterPayload => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined also for what another version of Foyer keeps in another form under the same kind: as if it were not there. */
export const payloadOf = (kind: string, entry: StateEntry | undefined): AdapterPayload | undefined =>
  entry && isPayload(entry.value) && entry.value.kind === kind ? entry.value : undefined;

/** Models whose id lets in whoever has it: the value of the session's cookie, and refresh tokens. */
const bearerModels = new Set(['Session', 'RefreshToken']);

/** What an artefact is stored under. Who reads the state, or a copy of it, learns nothing that lets them in. */
export const storedId = (kind: string, id: string): string =>
  bearerModels.has(kind) ? createHash('sha256').update(id).digest('base64url') : id;

/** Whether {@link storedId} is something else than the id, so that the content must not have the id either. */
export const hidesId = (kind: string): boolean => bearerModels.has(kind);
