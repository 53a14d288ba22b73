import { Cookies } from '@foyer/platform';
import type { Interaction, KoaContextWithOIDC } from 'oidc-provider';
import { personOf } from '../accounts/accounts.js';
import { errors } from '../provider/oidc-provider.js';
import type { ProviderParts } from '../provider/parts.js';
import { loginRequestOf } from './login-request.js';
import { releaseRequestOf, wasJustAsked, type ReleaseChecks } from './release-request.js';

type Parts = Pick<ProviderParts, 'clients' | 'logins' | 'settings' | 'clock' | 'addresses'>;

/**
 * What a login did not bring although the request insists on it: a certain person, a certain class of authentication, something that the person has
 * to be asked. Another login would end alike, and with an identity provider that asks nothing the browser would go round in circles.
 */
function refuseAnother(ctx: KoaContextWithOIDC, { prompt }: Interaction): void {
  if (prompt.name === 'consent' && wasJustAsked(ctx)) throw new errors.ConsentRequired('the person was just asked');
  if (!ctx.oidc.result?.login) return;
  const unmet = prompt.reasons.some((reason) => reason.startsWith('essential_acr'));
  const description = 'the login did not meet what the request asks for';
  throw unmet ? new errors.UnmetAuthenticationRequirements(description) : new errors.LoginRequired(description);
}

/** Hands an authorization request that needs a login, or something of the person who is signed in, to the login flow, and the browser to where that sends it. */
export function startLogin({ clients, logins, settings, clock, addresses }: Parts, releases: ReleaseChecks) {
  const cookies = new Cookies(settings);
  return async (ctx: KoaContextWithOIDC, interaction: Interaction): Promise<string> => {
    refuseAnother(ctx, interaction);
    const clientId = ctx.oidc.client?.clientId ?? '';
    const client = clients.find(clientId);
    const circumstances = {
      ...{ application: client?.application ?? clientId, now: clock.now(), address: addresses.of(ctx.req) },
      traceparent: ctx.req.headers['traceparent'] as string | undefined,
    };
    const request = loginRequestOf(interaction, { ...circumstances, release: client && releaseRequestOf(ctx, client) });
    const asksOnly = interaction.prompt.name === 'consent' && (await releases.due(ctx)) !== undefined;
    const hop = await logins.begin(request, asksOnly ? personOf(ctx.oidc.account)?.authentication : undefined);
    for (const cookie of hop.cookies) ctx.res.appendHeader('set-cookie', cookies.header(cookie));
    return hop.redirectTo;
  };
}
