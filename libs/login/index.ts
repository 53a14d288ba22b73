/**
 * login: one attempt of a person to get into an application, from the request to the answer. Owns the table of steps, the dispatcher, the login's
 * state, the pages, local login, and Foyer's sessions. It speaks no protocol itself (protocols, federation) and decides nothing about accounts
 * (provisioning).
 */
export { ACCOUNT_APPLICATION, accountCallbackPath, BROWSER_SESSIONS, LOGIN_ANSWERERS } from './contract.js';
export type {
  Authentication,
  BrowserCookie,
  BrowserSession,
  BrowserSessions,
  Hop,
  LoginAnswerer,
  LoginFailure,
  LoginRequest,
  OpenBrowserSession,
} from './contract.js';
