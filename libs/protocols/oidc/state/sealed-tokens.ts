import type { AdapterPayload } from 'oidc-provider';
import type { Clock, ShortLivedState } from '@foyer/platform';
import { errors, type Provider } from '../provider/oidc-provider.js';
import { ModelAdapter } from './adapter.js';
import { isPayload } from './payload.js';
import type { RevokedGrants } from './revoked-grants.js';
import { byOwn, byShared } from './shared-time.js';
import type { TokenSeal } from './token-seal.js';

/** Models whose tokens carry their content: made in every login, they live for a short time and are worth nothing without their grant. */
const sealedModels = ['AuthorizationCode', 'AccessToken'] as const;
type SealedModel = (typeof sealedModels)[number];

export const isSealedModel = (model: string): model is SealedModel => sealedModels.some((sealed) => sealed === model);

/** Opens sealed tokens. */
export class SealedAdapter extends ModelAdapter {
  constructor(
    kind: SealedModel,
    private readonly seal: TokenSeal,
    private readonly clock: Clock,
  ) {
    super(kind);
  }

  override async find(token: string): Promise<AdapterPayload | undefined> {
    const content = this.seal.open(token, this.kind);
    return isPayload(content) ? byOwn(this.clock, content) : undefined;
  }

  /** The token follows its grant, which is revoked in the same breath (`revokeGrantPolicy`). */
  override async destroy(): Promise<void> {}
}

/** Makes `oidc-provider` hand out the sealed content as the token, instead of storing it under a random name. JWTs are left as they are. */
export function sealTokens(provider: Provider, seal: TokenSeal, clock: Clock): void {
  for (const kind of sealedModels) {
    const { prototype } = provider[kind];
    const original: unknown = Reflect.get(prototype, 'getValueAndPayload');
    if (typeof original !== 'function') throw new Error('oidc-provider does not make tokens as it used to');
    Object.defineProperty(prototype, 'getValueAndPayload', {
      async value(this: object): Promise<unknown> {
        const made: unknown = await original.call(this);
        const payload: unknown = typeof made === 'object' && made !== null && 'payload' in made ? made.payload : undefined;
        return isPayload(payload) ? { value: seal.seal(byShared(clock, payload), kind) } : made;
      },
    });
  }
}

/** The codes that were used: all that is stored of a code. */
export class UsedCodes {
  constructor(
    private readonly state: ShortLivedState,
    private readonly revoked: RevokedGrants,
    private readonly clock: Clock,
    /** Seconds for which a code can be used. */
    private readonly codeLifetime: number,
  ) {}

  /**
   * Makes codes usable once (RFC 6749 §4.1.2): of many redemptions at the same time one gets through, and every other one ends the grant.
   * `oidc-provider` by itself looks before it writes, which leaves a gap.
   */
  watch(provider: Provider): void {
    const use = (code: { readonly jti: string; readonly grantId?: string }): Promise<void> => this.use(code);
    Object.defineProperty(provider.AuthorizationCode.prototype, 'consume', {
      value(this: { readonly jti: string; readonly grantId?: string }): Promise<void> {
        return use(this);
      },
    });
  }

  private async use({ jti, grantId }: { readonly jti: string; readonly grantId?: string }): Promise<void> {
    const expiresAt = this.clock.now() + 2 * this.codeLifetime * 1000;
    if (await this.state.create('UsedCode', jti, { value: 1, expiresAt })) return;
    if (grantId !== undefined) await this.revoked.add(grantId);
    throw new errors.InvalidGrant('authorization code was used already');
  }
}
