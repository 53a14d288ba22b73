import { createPrivateKey } from 'node:crypto';
import { importJWK, type JWK } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  getJwksCache,
  PrivateKeyJwt,
  setJwksCache,
  type ClientAuth,
  type Configuration,
  type CryptoKey,
  type CustomFetch,
} from 'openid-client';
import { aheadSeconds, FoyerError, type Clock } from '@foyer/platform';
import type { ConnectorTarget } from '../../connector.js';
import { translateError } from './errors.js';
import type { OidcProviderSettings } from './settings.js';

/** A fetch that obeys the rules for outgoing requests, with these limits. */
export type BoundedFetch = (limits: { timeoutMs: number; maxResponseBytes: number }) => CustomFetch;

/** Milliseconds after which a provider's metadata is read again, in the background: the old one serves until the new one is there. */
const refreshAfter = 10 * 60_000;
/** Milliseconds to wait before a failed refresh is tried again. */
const retryAfter = 30_000;
/** Seconds by which the machine's clock may be set without a word to `openid-client`. */
const tolerable = 2;

interface Cached {
  settings: OidcProviderSettings;
  configuration: Configuration;
  refreshAt: number;
  /** What `openid-client` adds to the clock of this machine. */
  readonly aheadSeconds: number;
}

/**
 * The discovered metadata of each identity provider (OpenID Connect Discovery §4). Read at the first login, not at the start, so that a
 * provider that is down then harms nobody else; kept when it is down later. Callers at the same moment share one request.
 */
export class ConfigurationCache {
  private readonly cached = new Map<string, Cached>();
  private readonly running = new Map<string, { settings: OidcProviderSettings; result: Promise<Configuration> }>();

  constructor(
    private readonly fetchWith: BoundedFetch,
    private readonly clock: Clock,
  ) {}

  async of(target: ConnectorTarget<OidcProviderSettings>): Promise<Configuration> {
    const known = this.cached.get(target.id);
    if (known?.settings !== target.settings) return this.read(target);
    // The clock of this machine was set since.
    if (Math.abs(known.aheadSeconds - aheadSeconds(this.clock)) > tolerable) return this.read(target).catch(() => known.configuration);
    if (known.refreshAt <= this.clock.now()) {
      known.refreshAt = this.clock.now() + retryAfter;
      // A failed refresh is not this login's failure: what is known goes on to serve.
      this.read(target).catch(() => undefined);
    }
    return known.configuration;
  }

  private read(target: ConnectorTarget<OidcProviderSettings>): Promise<Configuration> {
    const running = this.running.get(target.id);
    if (running?.settings === target.settings) return running.result;
    const result = this.discover(target).finally(() => {
      if (this.running.get(target.id)?.result === result) this.running.delete(target.id);
    });
    this.running.set(target.id, { settings: target.settings, result });
    return result;
  }

  private async discover({ id, settings }: ConnectorTarget<OidcProviderSettings>): Promise<Configuration> {
    const ahead = aheadSeconds(this.clock);
    try {
      const issuer = new URL(settings.issuer);
      const configuration = await discovery(
        issuer,
        settings.clientId,
        { [clockTolerance]: settings.clockSkewSeconds, [clockSkew]: ahead },
        await clientAuthentication(settings),
        {
          [customFetch]: this.fetchWith({ timeoutMs: settings.timeoutMs, maxResponseBytes: settings.maxResponseBytes }),
          timeout: settings.timeoutMs / 1000,
          // The signature of the ID token is always checked, also when TLS would vouch for it (OpenID Connect Core §3.1.3.7).
          execute: [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])],
        },
      );
      // From here on the outgoing fetch alone keeps the time: a signal of its own for each request would outlive the request by the whole time-out.
      configuration.timeout = undefined;
      const before = this.cached.get(id);
      const keys = before && before.settings === settings ? getJwksCache(before.configuration) : undefined;
      if (keys) setJwksCache(configuration, keys);
      this.cached.set(id, { settings, configuration, refreshAt: this.clock.now() + refreshAfter, aheadSeconds: ahead });
      return configuration;
    } catch (error) {
      throw translateError(error);
    }
  }
}

async function clientAuthentication(settings: OidcProviderSettings): Promise<ClientAuth> {
  switch (settings.clientAuthentication) {
    case 'client_secret_basic':
      return ClientSecretBasic(settings.clientSecret);
    case 'client_secret_post':
      return ClientSecretPost(settings.clientSecret);
    case 'private_key_jwt':
      return PrivateKeyJwt(await signingKey(settings.privateKey ?? ''));
  }
}

/** Reads a private key in PEM (PKCS #8) or as a JWK. @throws FoyerError `idp.privateKey` */
async function signingKey(text: string): Promise<{ key: CryptoKey; kid?: string }> {
  try {
    const given: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : undefined;
    const jwk = createPrivateKey(isJwk(given) ? { key: given, format: 'jwk' } : text).export({ format: 'jwk' });
    const key = await importJWK(jwk, algorithmOf(jwk));
    if (key instanceof Uint8Array) throw new TypeError('not an asymmetric key');
    return { key, ...(isJwk(given) && typeof given.kid === 'string' ? { kid: given.kid } : {}) };
  } catch (cause) {
    throw new FoyerError('internal', 'idp.privateKey', "Foyer's private key for this identity provider cannot be used.", { cause });
  }
}

const isJwk = (value: unknown): value is JWK & Record<string, unknown> => typeof value === 'object' && value !== null && 'kty' in value;

function algorithmOf(jwk: JWK): string {
  if (jwk.kty === 'RSA') return 'RS256';
  if (jwk.kty === 'OKP') return 'Ed25519';
  return { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[jwk.crv ?? ''] ?? 'ES256';
}
