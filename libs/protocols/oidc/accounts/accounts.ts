import type { Account, FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { Person, type Authentication, type Releases } from '@foyer/login';
import type { Clock } from '@foyer/platform';
import type { Admission } from '../interactions/admission.js';
import type { OidcClient, OidcClients } from '../clients/oidc-client.js';
import { authenticationOf, loginIdOf, setLoginId } from '../provider/login-of.js';
import type { AuthenticationLookup } from './authentication-lookup.js';
import { claimNameOf } from './claim-names.js';
import { claimsOf, pickClaims, releasedClaims, type Release } from './release.js';

/** Where {@link Accounts} puts the claims that leave Foyer, besides those that `oidc-provider` picks by itself. */
export const released = Symbol('released');

type Token = Parameters<FindAccount>[2];

/** The person whom `oidc-provider` works for in a request. Asked at every single sign-on, refresh and userinfo: a disabled account is none. */
export class Accounts {
  constructor(
    private readonly authentications: AuthenticationLookup,
    private readonly releases: Pick<Releases, 'person' | 'agreed'>,
    private readonly clients: OidcClients,
    private readonly admission: Admission,
    private readonly clock: Clock,
  ) {}

  readonly find: FindAccount = async (ctx, subject, token) => {
    const authentication = token ? await ofGrant(ctx, token.grantId) : await this.ofSession(ctx);
    if (authentication?.subject !== subject) return undefined;
    // For a session the policy asks, and has the person log in in another way.
    if (token && !this.mayStillOpen(token.clientId, authentication)) return undefined;
    const person = await this.releases.person(authentication);
    return person && this.account(ctx, person, askedInIdToken(ctx, token));
  };

  /** What was given stays good only while the application allows the way in which the person logged in. */
  private mayStillOpen(clientId: string | undefined, authentication: Authentication): boolean {
    const client = clientId === undefined ? undefined : this.clients.find(clientId);
    return client !== undefined && this.admission.mayOpen(client.application, authentication);
  }

  /** A login that just ended well replaces the one that the session knows, and the session's life begins anew. */
  private async ofSession({ oidc: { session, result } }: KoaContextWithOIDC): Promise<Authentication | undefined> {
    const fresh = loginIdOf(result?.login);
    if (fresh !== undefined && session) {
      setLoginId(session, fresh);
      session.iat = Math.floor(this.clock.now() / 1000);
    }
    const loginId = fresh ?? loginIdOf(session);
    return loginId === undefined ? undefined : this.authentications.find(loginId);
  }

  private account(ctx: KoaContextWithOIDC, person: Person, asked: readonly string[]): Account {
    const sub = person.authentication.subject;
    return {
      accountId: sub,
      person,
      claims: async (use, scope) => {
        const client = ctx.oidc.client && this.clients.find(ctx.oidc.client.clientId);
        if (!client) return { sub };
        const to = use === 'userinfo' ? 'userinfo' : 'id_token';
        const noUserinfo = ctx.oidc.entities.AccessToken?.aud !== undefined;
        const names = await this.agreed({ to, client, scope, askedInIdToken: asked, noUserinfo }, sub);
        const claims = names.size === 0 ? {} : pickClaims(claimsOf(await person.facts(client.audience)), names);
        return Object.assign({ sub }, { [released]: claims });
      },
    };
  }

  /** The claims that leave Foyer: of those that may, what the person agreed to, if they are asked. */
  private async agreed(release: Release & { readonly client: OidcClient }, subject: string): Promise<ReadonlySet<string>> {
    const names = releasedClaims(release);
    const agreed = await this.releases.agreed(release.client.audience, subject);
    if (agreed === 'everything') return names;
    const claims = new Set([...(agreed ?? [])].map(claimNameOf));
    return new Set([...names].filter((name) => claims.has(name)));
  }
}

/** The person whom {@link Accounts} found in this request. */
export function personOf(account: Account | undefined): Person | undefined {
  return account?.person instanceof Person ? account.person : undefined;
}

async function ofGrant(ctx: KoaContextWithOIDC, grantId: string | undefined): Promise<Authentication | undefined> {
  if (grantId === undefined) return undefined;
  const known = ctx.oidc.entities.Grant;
  return authenticationOf(known?.jti === grantId ? known : await ctx.oidc.provider.Grant.find(grantId));
}

const askedInIdToken = (ctx: KoaContextWithOIDC, token: Token): readonly string[] => {
  const parameter = token && 'claims' in token ? token.claims : ctx.oidc.claims;
  return Object.keys(parameter?.id_token ?? {});
};
