import type { Clock, Settings, ShortLivedState } from '@foyer/platform';

const kind = 'RevokedGrant';

/** The grants that were revoked: remembered for as long as anything lives that was given on them. */
export class RevokedGrants {
  private readonly lifetimeMs: number;

  constructor(
    private readonly state: ShortLivedState,
    private readonly clock: Clock,
    { accessToken, refreshToken, session }: Settings['lifetimes'],
  ) {
    this.lifetimeMs = (Math.max(refreshToken, session) + accessToken) * 1000;
  }

  async add(grantId: string): Promise<void> {
    await this.state.put(kind, grantId, { value: 1, expiresAt: this.clock.now() + this.lifetimeMs });
  }

  async has(grantId: string): Promise<boolean> {
    return (await this.state.get(kind, grantId)) !== undefined;
  }
}
