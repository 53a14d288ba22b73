import type { Provider } from '../provider/oidc-provider.js';
import { released } from './accounts.js';

/**
 * Lets the claims that {@link Accounts} released into ID tokens and userinfo. `oidc-provider` by itself knows only claims that are configured once
 * for all clients; an application's settings may name any attribute.
 */
export function releaseClaims(provider: Provider): void {
  const { Claims } = provider;
  class ReleasedClaims extends Claims {
    private readonly extra: unknown;

    constructor(...parameters: ConstructorParameters<typeof Claims>) {
      super(...parameters);
      this.extra = Reflect.get(parameters[0], released);
    }

    override async result(): Promise<Record<string, unknown>> {
      return Object.assign(await super.result(), this.extra);
    }
  }
  Object.defineProperty(provider, 'Claims', { value: ReleasedClaims });
}
