/**
 * login: one attempt of a person to get into an application, from the request to the answer. Owns the table of steps, the dispatcher, the login's
 * state, the pages, local login, and Foyer's sessions. It speaks no protocol itself (protocols, federation) and decides nothing about accounts
 * (provisioning).
 */
export { isRecent, mayOpen, type Opening, type Standing } from './admission.js';
export { AnswersInPlace, type AnswerInPlace } from './answers-in-place.js';
export { Authentications, durableLoginState, groupOfUser } from './authentications.js';
export { ACCOUNT_APPLICATION, accountCallbackPath, BROWSER_SESSIONS, CONSOLE_APPLICATION, LOGIN_ANSWERERS } from './contract.js';
export type {
  AccountLogin,
  Authentication,
  BrowserSession,
  BrowserSessions,
  ExternalClaims,
  Hop,
  LoginAnswerer,
  LoginFailure,
  LoginRequest,
  OpenBrowserSession,
  ReleaseRequest,
} from './contract.js';
export type { SelfAssertion, SelfAssertions } from './directories.js';
export { mayNeedRelease, Releases, type Asking, type DueRelease } from './release/releases.js';
export { Person, type AccountSources, type Audience, type Facts } from './people/person.js';
export { LoginRow } from './log/login-row.js';
export { LoginAdmission } from './login-admission.js';
export { LoginFlow } from './login-flow.js';
export { AccountModule } from './account/account.module.js';
export { Callback } from './pages/callback.js';
export { LoginModule } from './login.module.js';
export { loginPageSamples } from './pages/samples.js';
