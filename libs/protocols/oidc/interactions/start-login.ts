import type { Interaction, KoaContextWithOIDC } from 'oidc-provider';
import { OidcCookies } from '../provider/cookies.js';
import type { ProviderParts } from '../provider/parts.js';
import { loginRequestOf } from './login-request.js';

type Parts = Pick<ProviderParts, 'clients' | 'logins' | 'settings' | 'clock' | 'addresses'>;

/** Hands an authorization request that needs a login to the login flow, and the browser to where that sends it. */
export function startLogin({ clients, logins, settings, clock, addresses }: Parts) {
  const cookies = new OidcCookies(settings.publicUrl);
  return async (ctx: KoaContextWithOIDC, interaction: Interaction): Promise<string> => {
    const clientId = ctx.oidc.client?.clientId ?? '';
    const application = clients.find(clientId)?.application ?? clientId;
    const request = loginRequestOf(interaction, { application, now: clock.now(), address: addresses.of(ctx.req) });
    const hop = await logins.begin(request);
    for (const cookie of hop.cookies) ctx.res.appendHeader('set-cookie', cookies.header(cookie));
    return hop.redirectTo;
  };
}
