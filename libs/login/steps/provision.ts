import { loginContext, type ExternalIdentity } from '@foyer/federation';
import type { ProvisionResult } from '@foyer/provisioning';
import { FoyerError, type Attributes, type Clock } from '@foyer/platform';
import type { Authentication } from '../contract.js';
import type { Provisioner } from '../directories.js';
import type { Openings } from '../openings.js';
import type { Step } from '../step.js';

/** Lets provisioning decide about the account of the external identity, and notes who the login is about. */
export const provision =
  (openings: Openings, provisioner: Provisioner, clock: Clock): Step =>
  async (login) => {
    const { identity, choice, request } = login;
    const chosen = choice?.kind === 'external' ? choice.identityProvider : undefined;
    if (identity === undefined || chosen === undefined) throw new Error(`Login ${login.id}: nobody to provision`);
    const identityProvider = openings.provider(request.application, chosen.id);
    if (!identityProvider)
      throw new FoyerError('forbidden', 'login.providerGone', 'The identity provider may no longer open the application.');
    const result = await provisioner.provision({ loginId: login.id, identityProvider, identity });
    const authentication: Authentication = {
      loginId: login.id,
      ...person(result),
      identityProvider: chosen,
      externalSubject: identity.subject,
      ...loginContext(identity, identityProvider.claims.mappings),
      ...authTimeOf(identity, clock),
    };
    return { stores: { authentication } };
  };

function person(result: ProvisionResult): { subject: string; account: boolean; attributes: Attributes } {
  switch (result.kind) {
    case 'account':
      return { subject: result.subject, account: true, attributes: {} };
    case 'claims':
      return { subject: result.subject, account: false, attributes: result.mapped.attributes };
    case 'denied':
      throw new FoyerError('forbidden', result.code, 'The login was denied.', { cause: result.reason });
  }
}

/** A provider's clock that is ahead must not make a login look newer than it is. */
function authTimeOf({ evidence: { authTime } }: ExternalIdentity, clock: Clock): Pick<Authentication, 'authTime' | 'authTimeProven'> {
  const now = Math.floor(clock.now() / 1000);
  return { authTime: Math.min(authTime ?? now, now), authTimeProven: authTime !== undefined };
}
