import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { CLOCK, Database, FoyerError, Vault, type Clock } from '@foyer/platform';
import { accountStatusProblem, USER_REGISTRY, type RegisteredUser, type UserRegistry } from '@foyer/userstores';
import { isRecent } from '../admission.js';
import { Authentications } from '../authentications.js';
import { sameText } from '../browser-binding.js';
import { BROWSER_SESSIONS, type Authentication, type BrowserSession, type BrowserSessions } from '../contract.js';
import { texts } from '../pages/form-values.js';
import { LoginRefused } from '../refusal.js';

/** Seconds: how long after a login its person may change by what the account is opened. */
const recentFor = 600;

/** Somebody at `/account`. */
export interface Visitor {
  readonly session: BrowserSession;
  readonly authentication: Authentication;
  /** Undefined for somebody without an account. */
  readonly user: RegisteredUser | undefined;
}

/** Who is at `/account`, and whether a form is their own. */
@Injectable()
export class Visitors {
  private readonly formKey: Buffer;

  constructor(
    @Inject(BROWSER_SESSIONS) private readonly sessions: Pick<BrowserSessions, 'current'>,
    private readonly authentications: Authentications,
    private readonly database: Database,
    @Inject(USER_REGISTRY) private readonly registry: Pick<UserRegistry, 'find'>,
    @Inject(CLOCK) private readonly clock: Clock,
    vault: Vault,
  ) {
    this.formKey = vault.derive('account-forms');
  }

  /**
   * @returns undefined for a browser without a session
   * @throws FoyerError `account.disabled`, `account.locked`, `account.expired`
   */
  async find(request: Request): Promise<Visitor | undefined> {
    const session = await this.sessions.current(request.headers.cookie);
    const authentication = session && (await this.authentications.find(session.loginId));
    if (!session || authentication?.subject !== session.subject) return undefined;
    const user = authentication.account ? await this.userOf(authentication) : undefined;
    return { session, authentication, user };
  }

  /**
   * The person who sent a form, and what is in it.
   * @throws FoyerError as `find`, `account.noSession`, `login.csrf`
   */
  async ofForm(body: unknown, request: Request): Promise<Visitor & { readonly form: Readonly<Record<string, string>> }> {
    const form = texts(body);
    const visitor = await this.find(request);
    if (!visitor) throw new FoyerError('invalid', 'account.noSession', 'The session has ended.');
    if (!sameText(form['csrf'] ?? '', this.formToken(visitor))) throw new LoginRefused('login.csrf');
    return { ...visitor, form };
  }

  /** Bound to the session, and to nothing that a page shows: another site cannot know it. */
  formToken({ session: { sessionId, loginId } }: Pick<Visitor, 'session'>): string {
    return createHmac('sha256', this.formKey).update(`${sessionId} ${loginId}`).digest('base64url');
  }

  /** Whether it is proven that the person was there a moment ago, and not only their browser. */
  isRecent({ authentication }: Visitor): boolean {
    return isRecent(authentication, Math.floor(this.clock.now() / 1000) - recentFor);
  }

  private async userOf({ subject }: Authentication): Promise<RegisteredUser> {
    const user = await this.registry.find(this.database.read, subject);
    const problem = user ? accountStatusProblem(user, undefined, this.clock.now()) : 'account.disabled';
    if (!user || problem !== undefined)
      throw new FoyerError('forbidden', problem ?? 'account.disabled', 'Nobody may log in to the account.');
    return user;
  }
}
