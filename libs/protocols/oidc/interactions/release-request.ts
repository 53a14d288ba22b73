import type { KoaContextWithOIDC } from 'oidc-provider';
import { mayNeedRelease, type DueRelease, type ReleaseRequest, type Releases } from '@foyer/login';
import { personOf } from '../accounts/accounts.js';
import { factNameOf } from '../accounts/claim-names.js';
import { releasedClaims } from '../accounts/release.js';
import type { OidcClient, OidcClients } from '../clients/oidc-client.js';
import { loginIdOf } from '../provider/login-of.js';
import { releasedIn } from './oidc-login-answerer.js';

const offline = 'offline_access';

/** What a client would learn by a request: everything that it may ever be told at userinfo, which is where most is. */
export function releaseRequestOf(ctx: KoaContextWithOIDC, client: OidcClient): ReleaseRequest | undefined {
  if (!mayNeedRelease(client.audience)) return undefined;
  const { oidc } = ctx;
  const scope = [...oidc.requestParamOIDCScopes].join(' ');
  const claims = [...releasedClaims({ to: 'userinfo', client, scope, askedInIdToken: [], noUserinfo: false })].map(factNameOf);
  return {
    claims: oidc.requestParamOIDCScopes.has(offline) ? [...claims, offline] : claims,
    askAgain: oidc.prompts.has('consent') && !oidc.result?.login && !wasJustAsked(ctx),
  };
}

/** Whether the session of this browser is the one in which the person was just asked. */
export const wasJustAsked = ({ oidc: { result, session } }: KoaContextWithOIDC): boolean => {
  const asked = releasedIn(result);
  return asked !== undefined && asked === loginIdOf(session);
};

type Parts = { readonly clients: OidcClients; readonly releases: Pick<Releases, 'due'> };

/** What has to be asked of whoever is signed in before their session opens the application: asked once in a request. */
export class ReleaseChecks {
  private readonly known = new WeakMap<object, Promise<DueRelease | undefined>>();

  constructor(private readonly parts: Parts) {}

  due(ctx: KoaContextWithOIDC): Promise<DueRelease | undefined> {
    const known = this.known.get(ctx.oidc) ?? this.find(ctx);
    this.known.set(ctx.oidc, known);
    return known;
  }

  private async find(ctx: KoaContextWithOIDC): Promise<DueRelease | undefined> {
    const { client: registered, account } = ctx.oidc;
    const client = registered && this.parts.clients.find(registered.clientId);
    const person = personOf(account);
    const request = client && releaseRequestOf(ctx, client);
    return client && person && request && this.parts.releases.due(client.application, request, person);
  }
}
