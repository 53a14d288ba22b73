/**
 * The demo's identity provider: a real OpenID Provider on `oidc-provider`, with a login form and a few people in it. It stands for the
 * organisation whose people Foyer lets in, in the demo and in tests. It keeps everything in memory.
 */
import type { ClientMetadata } from 'oidc-provider';
import { listen } from '../listen.js';
import { loginRoutes } from './login-routes.js';
import { people as demoPeople, type Person } from './people.js';
import { createProvider, type ProviderOptions } from './provider.js';

export { people, person, type Person } from './people.js';

export interface IdentityProviderOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** What to listen on; loopback unless told. */
  readonly host?: string;
  /** Its public address; `http://localhost:{port}` unless told. */
  readonly issuer?: string;
  /** Who may ask for a login, as OpenID Connect registration metadata; code flow with PKCE. */
  readonly clients: readonly ClientMetadata[];
  /** Who can log in; the demo's five unless told. Read anew at every request, so that a test may change somebody. */
  readonly people?: readonly Person[];
  /** Where claims stand besides `sub`, `acr`, `amr` and `auth_time`; userinfo unless told. */
  readonly claimsIn?: ProviderOptions['claimsIn'];
}

export interface IdentityProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

/** Starts an identity provider; it answers when the promise resolves. @throws Error when the port is in use */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { people = demoPeople, clients, claimsIn = 'userinfo' } = options;
  const { server, port, close } = await listen(options.port, options.host);
  const issuer = options.issuer ?? `http://localhost:${port}`;
  try {
    const provider = await createProvider({ issuer, cookiePrefix: `idp-${port}`, clients, people, claimsIn });
    provider.on('server_error', (_ctx, error) => console.error('The demo identity provider failed:', error));
    server.on('request', loginRoutes({ provider, people }));
  } catch (error) {
    await close();
    throw error;
  }
  return { issuer, close };
}
