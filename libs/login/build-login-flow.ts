import type { Clock, RateLimits, Settings, ShortLivedState } from '@foyer/platform';
import type { Authentications } from './authentications.js';
import { BrowserBinding } from './browser-binding.js';
import type { BrowserSessions, LoginAnswerer } from './contract.js';
import type { Federation, Provisioner, SelfAssertions } from './directories.js';
import { Dispatcher, type EndingRecorder } from './dispatcher.js';
import { flow } from './flow.js';
import type { LocalAccounts } from './local-accounts.js';
import { LoginFlow, type PastLogins } from './login-flow.js';
import { LoginStore } from './login-store.js';
import type { Openings } from './openings.js';
import type { Releases } from './release/releases.js';
import { answer } from './steps/answer.js';
import { authenticateExternally } from './steps/authenticate-externally.js';
import { authenticateLocally } from './steps/authenticate-locally.js';
import { chooseProvider } from './steps/choose-provider.js';
import { openSession } from './steps/open-session.js';
import { provision } from './steps/provision.js';
import { release } from './steps/release.js';

/** Everything that a login works with. */
export interface LoginParts {
  readonly settings: Pick<Settings, 'publicUrl' | 'lifetimes'>;
  readonly clock: Clock;
  readonly state: ShortLivedState;
  readonly openings: Openings;
  readonly authentications: Authentications;
  readonly federation: Federation;
  readonly provisioner: Provisioner;
  readonly accounts: LocalAccounts;
  readonly releases: Releases;
  readonly selfAssertions: SelfAssertions;
  readonly sessions: Pick<BrowserSessions, 'current'>;
  readonly answerers: readonly LoginAnswerer[];
  readonly limits: RateLimits;
  readonly recorder: EndingRecorder;
  readonly past: PastLogins;
}

/** Puts the steps into the table, and the table behind the doors. */
export function buildLoginFlow(parts: LoginParts): LoginFlow {
  const { settings, clock, state, openings, federation, provisioner, accounts, answerers, limits, recorder, past } = parts;
  const { publicUrl, lifetimes } = settings;
  const store = new LoginStore(state);
  const rows = flow({
    chooseProvider: chooseProvider(openings),
    authenticateExternally: authenticateExternally({ openings, federation, publicUrl }),
    authenticateLocally: authenticateLocally({ openings, accounts, limits, clock }),
    provision: provision(openings, provisioner, clock),
    release: release(parts),
    openSession: openSession(parts.authentications, lifetimes.session, clock),
    answer: answer(answerers, clock),
  });
  const dispatcher = new Dispatcher(rows, store, recorder, clock);
  const binding = new BrowserBinding(publicUrl);
  return new LoginFlow({
    dispatcher,
    store,
    past,
    binding,
    answerers,
    sessions: parts.sessions,
    clock,
    publicUrl,
    lifetime: lifetimes.login,
  });
}
