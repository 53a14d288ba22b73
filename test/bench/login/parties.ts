/** Who takes part in the benchmark, and where: every process reads the same. */
const base = Number(process.env.BENCH_PORT ?? 9500);

/** The first port of those that are alike: there are ten of each. */
export const portOf = (what: 'servers' | 'workers'): number => base + { servers: 10, workers: 20 }[what];

/** All that a benchmark may listen on. */
export const ports: readonly number[] = Array.from({ length: 30 }, (_, number) => base + number);

export const origins = {
  foyer: `http://127.0.0.1:${portOf('servers')}`,
  floor: `http://127.0.0.1:${base + 1}`,
  provider: `http://127.0.0.1:${base + 2}`,
} as const;

export const providerPort = base + 2;

export const applicationClient = {
  client_id: 'bench',
  client_secret: 'the-secret-of-the-benchmarked-application',
  redirect_uris: [`http://127.0.0.1:${base + 3}/callback`],
} as const;

/** The client of the application whose people are asked for consent. */
export const consentingClient = { ...applicationClient, client_id: 'consenting' } as const;

/** What the floor is at the identity provider. */
export const floorClient = { id: 'floor', secret: 'the-secret-of-the-floor' } as const;

/** Foyer's settings for the benchmark, in the shape of its YAML file. */
export const foyerConfiguration = {
  identityProviders: [provider('bench', { prompt: 'none' }), provider('consenting', { prompt: 'consent' })],
  applications: [application('bench'), application('consenting')],
};

/** An identity provider as the settings have it. @param jit what differs from accounts that are made in PRIMARY */
export function provider(name: string, jit: object = {}): object {
  return {
    name,
    protocol: 'oidc',
    oidc: { issuer: origins.provider, clientId: 'foyer', clientSecret: 'the-secret-of-foyer', scopes: ['openid', 'profile', 'email'] },
    claims: {
      userId: 'preferred_username',
      mappings: [
        { from: 'given_name', to: 'givenName' },
        { from: 'family_name', to: 'familyName' },
        { from: 'email', to: 'email' },
      ],
    },
    jit: { enabled: true, userStore: 'PRIMARY', ...jit },
  };
}

/** The application that the identity provider of the same name opens; its client id is the name, too. */
export function application(name: string): object {
  const { client_secret: clientSecret, redirect_uris: redirectUris } = applicationClient;
  return {
    name,
    protocol: 'oidc',
    oidc: { clientId: name, clientSecret, redirectUris },
    login: { identityProviders: [name], local: false },
  };
}

/** The claims that the identity provider sends about a person, all in the ID token. */
export const claimsOf = (username: string): Record<string, unknown> => ({
  preferred_username: username,
  given_name: 'Bench',
  family_name: username,
  email: `${username}@bench.example`,
  email_verified: true,
});
