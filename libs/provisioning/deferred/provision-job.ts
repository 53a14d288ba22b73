import type { ExternalIdentity } from '@foyer/federation';
import type { JobKind } from '@foyer/jobs';

/** What a job knows that provisions: what the identity provider said, and nothing that is decided from it. */
export interface ProvisionPayload {
  readonly identity: ExternalIdentity;
  /** The version of the identity provider's settings that the login was decided by: a worker that has older ones waits for them. */
  readonly settingsVersion?: number;
}

/** Jobs that bring an account to what a login said. */
export const provisionJob: JobKind<ProvisionPayload> = {
  name: 'provision',
  version: 1,
  read(stored) {
    if (isPayload(stored)) return stored;
    throw new TypeError('An external identity is missing or incomplete');
  },
};

/** Foyer alone writes payloads, and seals them: that the parts are there is enough. */
function isPayload(stored: unknown): stored is ProvisionPayload {
  if (typeof stored !== 'object' || stored === null || !('identity' in stored)) return false;
  const { identity } = stored;
  return typeof identity === 'object' && identity !== null && ['issuer', 'subject', 'claims', 'evidence'].every((part) => part in identity);
}
