import type { AdapterPayload } from 'oidc-provider';
import type { StateEntry } from '@foyer/platform';

/** Only `oidc-provider` writes what is read back, so that telling it from nothing is enough. */
export const isPayload = (value: unknown): value is AdapterPayload => typeof value === 'object' && value !== null && !Array.isArray(value);

export const payloadOf = (entry: StateEntry | undefined): AdapterPayload | undefined =>
  entry && isPayload(entry.value) ? entry.value : undefined;
