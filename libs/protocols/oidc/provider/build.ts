import { releaseClaims } from '../accounts/released-claims.js';
import type { SigningKeySet } from '../keys/signing-keys.js';
import { switchAccounts } from '../sessions/account-switch.js';
import { revokedGrants } from './adapters.js';
import { configurationFor } from './configuration.js';
import { answerLateProblems, hasOidc } from './late-problems.js';
import { keptFields } from './login-of.js';
import { sealTokens, UsedCodes } from '../state/sealed-tokens.js';
import { Provider } from './oidc-provider.js';
import type { ProviderParts } from './parts.js';

/** Puts a provider together for one set of keys: `oidc-provider` reads its keys once. */
export function buildProvider(parts: ProviderParts, keys: SigningKeySet): Provider {
  const provider = new Provider(parts.settings.publicUrl, configurationFor(parts, keys));
  standAtPublicUrl(provider, parts.settings.publicUrl);
  for (const model of ['Session', 'Grant'] as const) keepInPayload(provider[model], keptFields[model]);
  sealTokens(provider, parts.seal, parts.clock);
  new UsedCodes(parts.state, revokedGrants(parts), parts.clock, parts.settings.lifetimes.code).watch(provider);
  releaseClaims(provider);
  switchAccounts(provider);
  answerLateProblems(provider, parts.pages);
  provider.use(async (ctx, next) => {
    await next();
    if (hasOidc(ctx)) await parts.signOut.skipWhenSignedOut(ctx);
  });
  return provider;
}

/** Addresses are those of the public URL, whatever `Host` a request claims, and cookies are as secure as it is. */
function standAtPublicUrl(provider: Provider, publicUrl: string): void {
  const { host, protocol, origin } = new URL(publicUrl);
  Object.defineProperties(provider.request, {
    protocol: { value: protocol.slice(0, -1) },
    secure: { value: protocol === 'https:' },
    host: { value: host },
    origin: { value: origin },
    href: {
      get(this: { originalUrl: string }) {
        return new URL(this.originalUrl, origin).href;
      },
    },
  });
}

function keepInPayload(model: { IN_PAYLOAD: string[] }, field: string): void {
  const kept = [...model.IN_PAYLOAD, field];
  Object.defineProperty(model, 'IN_PAYLOAD', { get: () => kept });
}
