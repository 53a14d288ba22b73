import type { Evidence } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import { FoyerError, pooledRandomBytes } from '@foyer/platform';
import type { Federation } from '../directories.js';
import type { Login } from '../login.js';
import type { Openings } from '../openings.js';
import type { Step, StepResult } from '../step.js';

export interface ExternalDependencies {
  readonly openings: Openings;
  readonly federation: Federation;
  readonly publicUrl: string;
}

/** Sends the person to the identity provider, and takes in its answer. */
export const authenticateExternally =
  (dependencies: ExternalDependencies): Step =>
  async (login, input) => {
    const provider = chosenProvider(login, dependencies.openings);
    const callbackUrl = `${dependencies.publicUrl}/federation/oidc/callback/${encodeURIComponent(provider.name)}`;
    if (input.kind !== 'answer') return depart(login, provider, callbackUrl, dependencies.federation);
    const { state, exchange } = login.departure ?? {};
    if (state === undefined || exchange === undefined) throw new Error(`Login ${login.id}: an answer without a departure`);
    const identity = await dependencies.federation.complete(provider, {
      state,
      callbackUrl,
      exchange,
      wantedClaims: wantedClaims(provider),
      parameters: input.parameters,
    });
    proveRecent(identity.evidence, provider, login.request.authenticatedSince);
    return { stores: { identity, departure: { state, used: true } } };
  };

function chosenProvider(login: Login, openings: Openings): IdentityProvider {
  const id = login.choice?.kind === 'external' ? login.choice.identityProvider.id : undefined;
  const provider = id === undefined ? undefined : openings.provider(login.request.application, id);
  if (!provider) throw new FoyerError('forbidden', 'login.providerGone', 'The identity provider may no longer open the application.');
  return provider;
}

async function depart(login: Login, provider: IdentityProvider, callbackUrl: string, federation: Federation): Promise<StepResult> {
  const state = `${login.id}.${pooledRandomBytes(18).toString('base64url')}`;
  const { redirectTo, exchange } = await federation.begin(provider, { state, callbackUrl, forward: login.request.forward });
  return { stores: { departure: { state, exchange, used: false } }, turn: { kind: 'redirect', to: redirectTo } };
}

const wantedClaims = ({ claims }: IdentityProvider): string[] => [
  ...(claims.userId === undefined ? [] : [claims.userId]),
  ...claims.mappings.flatMap(({ from }) => from ?? []),
];

/** The application asked for a person who was recognised after `since` (seconds): only the provider's own `auth_time` proves it. */
function proveRecent(evidence: Evidence, provider: IdentityProvider, since: number | undefined): void {
  if (since === undefined) return;
  if (evidence.authTime !== undefined && evidence.authTime + provider.oidc.clockSkewSeconds >= since) return;
  throw new FoyerError('forbidden', 'login.reauthentication.unproven', 'The identity provider did not prove a new authentication.', {
    cause: `auth_time ${evidence.authTime ?? 'absent'}, wanted ${since} or later, clock skew ${provider.oidc.clockSkewSeconds} s`,
  });
}
