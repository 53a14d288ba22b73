import { jwtVerify, type JWTPayload } from 'jose';
import type { AccessTokenVerifier, VerifiedAccessToken } from '@foyer/admin-access';
import { FoyerError } from '@foyer/platform';
import type { SigningKeys } from '../keys/signing-keys.js';

/** Checks the JWT access tokens (RFC 9068 §4) that Foyer issued for one of its own APIs. */
export class JwtAccessTokenVerifier implements AccessTokenVerifier {
  constructor(
    private readonly keys: Pick<SigningKeys, 'current'>,
    private readonly issuer: string,
    /** The only audience that is accepted. */
    private readonly audience: string,
  ) {}

  /** @throws FoyerError `token.invalid` (unauthenticated): forged, expired, for somebody else, or no access token at all */
  async verify(token: string): Promise<VerifiedAccessToken> {
    try {
      const { payload } = await jwtVerify(token, ({ kid, alg }) => this.keyFor(kid, alg), {
        issuer: this.issuer,
        audience: this.audience,
        typ: 'at+jwt',
        requiredClaims: ['sub', 'client_id', 'jti', 'exp', 'iat'],
      });
      return this.read(payload);
    } catch (cause) {
      throw new FoyerError('unauthenticated', 'token.invalid', 'The access token is not valid.', { cause });
    }
  }

  private keyFor(kid: string | undefined, alg: string) {
    const key = this.keys.current.keys.find((each) => each.kid === kid && each.alg === alg);
    if (!key) throw new Error(`no signing key ${kid} for ${alg}`);
    return key.keyObject();
  }

  private read({ sub, client_id: clientId, scope, aud, jti }: JWTPayload): VerifiedAccessToken {
    if (typeof sub !== 'string' || typeof clientId !== 'string' || typeof jti !== 'string') throw new Error('a claim is not a text');
    // A token for several audiences could be replayed here by any of the others.
    if (aud !== this.audience) throw new Error('the token has more than one audience');
    return { subject: sub, clientId, scopes: typeof scope === 'string' ? scope.split(' ') : [], audience: [aud], jti };
  }
}
