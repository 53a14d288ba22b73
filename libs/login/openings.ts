import type { IdentityProvider } from '@foyer/identity-providers';
import type { Opening } from './admission.js';
import { ACCOUNT_APPLICATION, CONSOLE_APPLICATION } from './contract.js';
import type { ApplicationDirectory, IdentityProviderDirectory } from './directories.js';
import { waysInto, type Ways } from './home-realm.js';

/** Which application may be opened by whom, from the settings as they are at this moment. */
export class Openings {
  constructor(
    private readonly applications: ApplicationDirectory,
    private readonly identityProviders: IdentityProviderDirectory,
  ) {}

  /** An enabled application, or one of Foyer's own. */
  application(name: string): Opening | undefined {
    if (name === ACCOUNT_APPLICATION)
      return foyersOwn(
        name,
        this.identityProviders.all().map((provider) => provider.name),
      );
    if (name === CONSOLE_APPLICATION) return foyersOwn(name, []);
    const found = this.applications.byName(name);
    return found?.enabled ? found : undefined;
  }

  /** The usable ways into an application; none when it does not exist or is disabled. */
  ways(applicationName: string): Ways {
    const application = this.application(applicationName);
    return application ? waysInto(application, this.identityProviders.all()) : { providers: [], local: false };
  }

  /** The very provider that was chosen for a login, if it still may open the application. */
  provider(applicationName: string, id: string): IdentityProvider | undefined {
    const provider = this.identityProviders.byId(id);
    const allowed = this.application(applicationName)?.login.identityProviders ?? [];
    return provider?.enabled && allowed.includes(provider.name) ? provider : undefined;
  }

  /** Where a person finds the application when its request is gone: the origin of its first redirect URI, if it has one on the web. */
  home(applicationName: string): string | undefined {
    if (applicationName === ACCOUNT_APPLICATION) return '/account';
    if (applicationName === CONSOLE_APPLICATION) return '/console';
    const uri = this.applications.byName(applicationName)?.oidc.redirectUris[0];
    const origin = uri !== undefined && URL.canParse(uri) ? new URL(uri).origin : 'null';
    return /^https?:/.test(origin) ? `${origin}/` : undefined;
  }
}

const foyersOwn = (name: string, identityProviders: readonly string[]): Opening => ({
  name,
  displayName: 'Foyer',
  enabled: true,
  login: { identityProviders, local: true },
});
