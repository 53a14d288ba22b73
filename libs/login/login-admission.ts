import { mayOpen } from './admission.js';
import type { Authentication } from './contract.js';
import type { IdentityProviderDirectory } from './directories.js';
import type { Openings } from './openings.js';

/** Asks {@link mayOpen} with the settings as they are at this moment. */
export class LoginAdmission {
  constructor(
    private readonly openings: Openings,
    private readonly identityProviders: IdentityProviderDirectory,
  ) {}

  /**
   * Whether an earlier authentication may open an application, by the application's and the identity provider's settings. Whoever asks has
   * looked up the account and found it enabled.
   * @param applicationName also one of Foyer's own
   */
  mayOpen(applicationName: string, authentication: Authentication): boolean {
    const application = this.openings.application(applicationName);
    const identityProvider = authentication.identityProvider && this.identityProviders.byId(authentication.identityProvider.id);
    return application !== undefined && mayOpen(application, authentication, { identityProvider, userEnabled: true });
  }
}
