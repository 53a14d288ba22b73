import type { ShortLivedState } from '@foyer/platform';

const windowMs = 5 * 60_000;
const perAccount = 10;
const perAddress = 100;
const accountKind = 'failedPassword';
const addressKind = 'failedAddress';

/**
 * Limits failed passwords: 10 per account and 100 per address in 5 minutes. An account counts whether it exists or not, so that the limit tells
 * nobody which do.
 */
export class PasswordAttempts {
  constructor(
    private readonly state: ShortLivedState,
    private readonly now: () => number,
  ) {}

  /** Seconds until the account or the address may try again, or undefined when it may now. */
  async retryAfter(account: string, address: string): Promise<number | undefined> {
    const [byAccount, byAddress] = await Promise.all([this.state.counted(accountKind, account), this.state.counted(addressKind, address)]);
    const until = Math.max(byAccount.count >= perAccount ? byAccount.expiresAt : 0, byAddress.count >= perAddress ? byAddress.expiresAt : 0);
    return until === 0 ? undefined : Math.max(1, Math.ceil((until - this.now()) / 1000));
  }

  async failed(account: string, address: string): Promise<void> {
    await Promise.all([this.state.count(accountKind, account, windowMs), this.state.count(addressKind, address, windowMs)]);
  }
}
