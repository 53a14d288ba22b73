import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ClientAddresses, FoyerError, RateLimits, SETTINGS, type Settings } from '@foyer/platform';
import type { AdminCaller } from './caller.js';
import {
  ACCESS_TOKEN_VERIFIER,
  ADMIN_ACCOUNTS,
  type AccessTokenVerifier,
  type AdminAccounts,
  type VerifiedAccessToken,
} from './contract.js';
import { adminApiOf, covers, isAdminScope, scopesOfRoles } from './scopes.js';

/** RFC 6750 §2.1, with a bound. */
const bearer = /^Bearer +([A-Za-z0-9\-._~+/]{1,8192}=*) *$/i;

/** Finds out who calls the admin API. */
@Injectable()
export class AdminAccess {
  /** The only audience that the API accepts (RFC 8707). */
  private readonly audience: string;

  constructor(
    @Inject(ACCESS_TOKEN_VERIFIER) private readonly verifier: AccessTokenVerifier,
    @Inject(ADMIN_ACCOUNTS) private readonly accounts: AdminAccounts,
    private readonly rateLimits: RateLimits,
    private readonly addresses: ClientAddresses,
    @Inject(SETTINGS) settings: Pick<Settings, 'publicUrl'>,
  ) {
    this.audience = adminApiOf(settings.publicUrl);
  }

  /**
   * @throws FoyerError `token.missing` or `token.invalid` (unauthenticated), or `rateLimit.exceeded` after too many of the latter
   */
  async authenticate(request: Pick<IncomingMessage, 'headers' | 'socket'>): Promise<AdminCaller> {
    const { authorization } = request.headers;
    if (authorization === undefined) throw new FoyerError('unauthenticated', 'token.missing', 'This needs an access token.');
    const address = this.addresses.of(request);
    await this.rateLimits.checkFailures(address);
    try {
      return await this.callerOf(authorization);
    } catch (error) {
      if (error instanceof FoyerError && error.kind === 'unauthenticated') await this.rateLimits.failed(address);
      throw error;
    }
  }

  private async callerOf(authorization: string): Promise<AdminCaller> {
    const token = bearer.exec(authorization)?.[1];
    if (token === undefined) throw invalidToken('not a bearer token');
    const verified = await this.verify(token);
    if (!verified.audience.includes(this.audience)) throw invalidToken('for another audience');
    const granted = verified.scopes.filter(isAdminScope);
    return { subject: verified.subject, clientId: verified.clientId, scopes: await this.stillHeld(verified, granted) };
  }

  /** Whatever the verifier's reason: the caller learns only that the token is no good. */
  private async verify(token: string): Promise<VerifiedAccessToken> {
    try {
      return await this.verifier.verify(token);
    } catch (error) {
      throw error instanceof FoyerError && error.kind === 'unauthenticated' ? invalidToken(error) : error;
    }
  }

  /** A person's token does no more than their account may do at this moment. */
  private async stillHeld({ subject, clientId }: VerifiedAccessToken, granted: readonly string[]): Promise<readonly string[]> {
    if (subject === clientId) return granted;
    const account = await this.accounts.find(subject);
    if (!account?.enabled) throw invalidToken('the account is disabled or gone');
    const held = scopesOfRoles(account.roles);
    // Either side may be the wider one: `admin` granted to somebody who has `users:read` is `users:read`.
    return [
      ...granted.filter((scope) => covers(held, scope)),
      ...held.filter((scope) => covers(granted, scope) && !granted.includes(scope)),
    ];
  }
}

const invalidToken = (cause: unknown): FoyerError =>
  new FoyerError('unauthenticated', 'token.invalid', 'The access token is not valid here, or not any more.', { cause });
