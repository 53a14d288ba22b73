import { createHash, randomBytes } from 'node:crypto';
import { Cookies, type Clock, type Settings, type ShortLivedState } from '@foyer/platform';
import {
  ACCOUNT_APPLICATION,
  accountCallbackPath,
  groupOfUser,
  type AccountLogin,
  type BrowserSession,
  type BrowserSessions,
  type OpenBrowserSession,
} from '@foyer/login';
import type { AuthenticationLookup } from '../accounts/authentication-lookup.js';
import type { OidcClients } from '../clients/oidc-client.js';
import { cookieNames } from '../provider/cookies.js';
import { loginIdOf } from '../provider/login-of.js';
import { storedId } from '../state/payload.js';
import { RevokedGrants } from '../state/revoked-grants.js';

const kind = 'Session';
const mostListed = 100;

/** A stored session, as `oidc-provider` writes it. */
interface StoredSession {
  readonly uid: string;
  readonly accountId: string;
  /** Seconds. */
  readonly iat: number;
  readonly authorizations?: Readonly<Record<string, { readonly grantId?: string }>>;
}

/** What sessions are read from and ended by. */
export interface BrowserSessionParts {
  readonly settings: Pick<Settings, 'publicUrl' | 'lifetimes'>;
  readonly state: ShortLivedState;
  readonly clock: Clock;
  readonly authentications: Pick<AuthenticationLookup, 'find'>;
  readonly clients: OidcClients;
}

/** Foyer's sessions as `/account` shows them; they are kept by `oidc-provider`. */
export class OidcBrowserSessions implements BrowserSessions {
  private readonly cookies: Cookies;
  private readonly cookieName: string;
  private readonly revoked: RevokedGrants;

  constructor(private readonly parts: BrowserSessionParts) {
    const { settings, state, clock } = parts;
    this.cookies = new Cookies(settings);
    this.cookieName = cookieNames(settings).session;
    this.revoked = new RevokedGrants(state, clock, settings.lifetimes);
  }

  async current(cookieHeader: string | undefined): Promise<BrowserSession | undefined> {
    const id = this.cookies.read(cookieHeader, this.cookieName);
    const session = id === undefined ? undefined : told(await this.valueOf(id));
    return session && (await this.parts.authentications.find(session.loginId)) && session;
  }

  async listOf(subject: string): Promise<readonly OpenBrowserSession[]> {
    const entries = await this.parts.state.listGroup(kind, groupOfUser(subject), mostListed);
    const sessions = await Promise.all(entries.map(({ value }) => this.opened(value)));
    return sessions.filter((session) => session !== undefined);
  }

  /** Undefined for a session that gives nothing any more, because its login was revoked. */
  private async opened(value: unknown): Promise<OpenBrowserSession | undefined> {
    const session = told(value);
    if (!session || !isSession(value) || !(await this.parts.authentications.find(session.loginId))) return undefined;
    const applications = Object.keys(value.authorizations ?? {}).flatMap(
      (clientId) => this.parts.clients.find(clientId)?.application ?? [],
    );
    return { ...session, startedAt: value.iat * 1000, applications };
  }

  async end(sessionId: string): Promise<void> {
    const entry = await this.parts.state.getByAlias(kind, sessionId);
    if (!entry || !isSession(entry.value)) return;
    for (const { grantId } of Object.values(entry.value.authorizations ?? {})) {
      if (grantId !== undefined) await this.revoked.add(grantId);
    }
    await this.parts.state.remove(kind, entry.id);
  }

  startAccountLogin({ anew = false, state }: AccountLogin = {}): string {
    // Nobody redeems the code, so nobody needs to know the verifier.
    const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
    const query = new URLSearchParams({
      client_id: ACCOUNT_APPLICATION,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${this.parts.settings.publicUrl}${accountCallbackPath}`,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...(anew && { prompt: 'login' }),
      ...(state !== undefined && { state }),
    });
    return `${this.parts.settings.publicUrl}/oauth2/authorize?${query}`;
  }

  private async valueOf(id: string): Promise<unknown> {
    return (await this.parts.state.get(kind, storedId(kind, id)))?.value;
  }
}

const isSession = (value: unknown): value is StoredSession => {
  if (typeof value !== 'object' || value === null) return false;
  return 'uid' in value && typeof value.uid === 'string' && 'accountId' in value && typeof value.accountId === 'string' && 'iat' in value;
};

function told(value: unknown): BrowserSession | undefined {
  if (!isSession(value)) return undefined;
  const loginId = loginIdOf(value);
  return loginId === undefined ? undefined : { sessionId: value.uid, loginId, subject: value.accountId };
}
