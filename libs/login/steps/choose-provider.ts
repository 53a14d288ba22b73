import { FoyerError } from '@foyer/platform';
import type { Openings } from '../openings.js';
import { providerOfRealm, providerOfRequest, realmOf, type Ways } from '../home-realm.js';
import type { Login } from '../login.js';
import type { LoginInput, Step, StepResult } from '../step.js';

/** Chooses the way in: by the request itself, by what the person chose or typed, or by asking them. */
export const chooseProvider =
  (openings: Openings): Step =>
  async (login, input) => {
    const ways = openings.ways(login.request.application);
    if (ways.providers.length === 0 && !ways.local) {
      throw new FoyerError('forbidden', 'login.noProvider', 'No way to log in to the application is available.');
    }
    return chosen(ways, login, input);
  };

function chosen(ways: Ways, login: Login, input: LoginInput): StepResult {
  switch (input.kind) {
    case 'provider':
      return take(ways.providers.find((provider) => provider.name === input.name)) ?? { turn: { kind: 'signIn' } };
    case 'email': {
      const mistake = { message: 'signIn.error.realm', status: 400 };
      return take(providerOfRealm(ways, realmOf(input.email))) ?? { turn: { kind: 'signIn', mistake, typed: { email: input.email } } };
    }
    case 'password':
      return ways.local ? { stores: { choice: { kind: 'local' } } } : { turn: { kind: 'signIn' } };
    case 'nothing':
    case 'answer':
    case 'prompt':
    case 'release':
      return take(providerOfRequest(ways, login.request)) ?? { turn: { kind: 'signIn' } };
  }
}

/** A new choice makes an earlier departure stale. */
const take = (provider: { readonly id: string; readonly name: string } | undefined): StepResult | undefined =>
  provider && {
    stores: { choice: { kind: 'external', identityProvider: { id: provider.id, name: provider.name } }, departure: undefined },
  };
