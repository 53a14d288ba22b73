/** Who takes part in the benchmark, and where: every process reads the same. */
const base = Number(process.env.BENCH_PORT ?? 9500);

export const origins = {
  foyer: `http://127.0.0.1:${base}`,
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
  identityProviders: [provider('bench', 'none'), provider('consenting', 'consent')],
  applications: [application('bench', applicationClient), application('consenting', consentingClient)],
};

function provider(name: string, prompt: string): object {
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
    jit: { enabled: true, userStore: 'PRIMARY', prompt },
  };
}

function application(name: string, client: typeof applicationClient | typeof consentingClient): object {
  return {
    name,
    protocol: 'oidc',
    oidc: { clientId: client.client_id, clientSecret: client.client_secret, redirectUris: client.redirect_uris },
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
