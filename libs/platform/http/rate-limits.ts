import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { FoyerError } from '../errors/foyer-error.js';
import { SETTINGS, type Settings } from '../settings/settings.js';
import { SHORT_LIVED_STATE, type ShortLivedState } from '../state/short-lived-state.js';
import { TokenBuckets } from './token-buckets.js';

const windowMs = 5 * 60_000;
const failuresPerAccount = 10;
const failuresPerAddress = 100;
const accountKind = 'failedPassword';
const addressKind = 'failedAddress';

/**
 * Failures are always limited, in 5 minutes: 10 failed passwords per account, and 100 failed logins, token requests or admin authentications per
 * address. Requests that succeed are limited by `FOYER_RATE_LIMIT_PER_ADDRESS`, per process, when it is set.
 */
@Injectable()
export class RateLimits {
  private readonly buckets: TokenBuckets | undefined;

  constructor(
    @Inject(SHORT_LIVED_STATE) private readonly state: ShortLivedState,
    @Inject(SETTINGS) settings: Pick<Settings, 'rateLimitPerAddress'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.buckets = settings.rateLimitPerAddress > 0 ? new TokenBuckets(settings.rateLimitPerAddress, clock) : undefined;
  }

  /** Whether {@link admit} has anything to say. */
  get countRequests(): boolean {
    return this.buckets !== undefined;
  }

  /** Counts a request of whatever outcome. @throws FoyerError `rateLimit.exceeded` */
  admit(address: string): void {
    if (this.buckets && !this.buckets.take(addressKey(address))) throw exceeded(1);
  }

  /** @throws FoyerError `rateLimit.exceeded` when the address, or the account, failed too often */
  async checkFailures(address: string, account?: string): Promise<void> {
    const [byAddress, byAccount] = await Promise.all([
      this.state.counted(addressKind, addressKey(address)),
      account === undefined ? undefined : this.state.counted(accountKind, account),
    ]);
    const until = Math.max(
      byAddress.count >= failuresPerAddress ? byAddress.expiresAt : 0,
      byAccount && byAccount.count >= failuresPerAccount ? byAccount.expiresAt : 0,
    );
    if (until > 0) throw exceeded(Math.max(1, Math.ceil((until - this.clock.now()) / 1000)));
  }

  /** Counts a failed login, token request or admin authentication; with `account`, a failed password (of an account that may not even exist). */
  async failed(address: string, account?: string): Promise<void> {
    await Promise.all([
      this.state.count(addressKind, addressKey(address), windowMs),
      account === undefined ? undefined : this.state.count(accountKind, account, windowMs),
    ]);
  }
}

/** Whoever has one IPv6 address has all of its /64. */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...new Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

const exceeded = (retryAfter: number): FoyerError =>
  new FoyerError('tooMany', 'rateLimit.exceeded', 'There were too many attempts. Wait a little, then try again.', { retryAfter });
