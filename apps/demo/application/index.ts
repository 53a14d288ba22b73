/**
 * The demo's application: a real OpenID Connect relying party on `openid-client`, which logs people in through Foyer and shows what the
 * tokens say. It works with any OpenID Provider, so tests also set it against one directly.
 */
import express, { type Express, type Request, type Response } from 'express';
import { listen } from '../listen.js';
import { sendStylesheet } from '../pages/page.js';
import { BrowserSessions } from './browser-sessions.js';
import { describeProblem } from './oauth-problem.js';
import { sendPerson, sendProblem, sendWelcome } from './pages.js';
import { RelyingParty, requestParameters, type RequestParameters } from './relying-party.js';

export interface ApplicationOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** What to listen on; loopback unless told. */
  readonly host?: string;
  /** Its public address; `http://localhost:{port}` unless told. */
  readonly url?: string;
  readonly foyerIssuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `openid profile email offline_access` unless told. */
  readonly scope?: string;
}

export interface Application {
  readonly url: string;
  /** To be registered with Foyer. */
  readonly redirectUri: string;
  /** To be registered with Foyer. */
  readonly postLogoutRedirectUri: string;
  close(): Promise<void>;
}

function chosenParameters(request: Request): RequestParameters {
  const entries = requestParameters.map((name) => [name, request.query[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string' && value !== ''));
}

interface Context {
  readonly url: string;
  readonly issuer: string;
  readonly party: RelyingParty;
  readonly sessions: BrowserSessions;
}

async function beginLogin({ party, sessions }: Context, request: Request, response: Response): Promise<void> {
  const { redirectTo, pending } = await party.begin(chosenParameters(request));
  sessions.await(request, response, pending);
  response.redirect(303, redirectTo);
}

async function completeLogin({ url, party, sessions }: Context, request: Request, response: Response): Promise<void> {
  const answer = new URL(request.originalUrl, url);
  const pending = sessions.find(request)?.pending;
  const state = answer.searchParams.get('state') ?? '';
  const login = pending?.get(state);
  if (!login) throw new Error('This answer does not belong to a login that this browser began here, or it came twice');
  pending?.delete(state);
  sessions.logIn(request, response, await party.complete(answer, login));
  response.redirect(303, '/');
}

async function refresh({ party, sessions }: Context, request: Request, response: Response): Promise<void> {
  const session = sessions.find(request);
  if (session?.person) session.person = await party.refresh(session.person);
  response.redirect(303, '/');
}

async function logOut({ party, sessions }: Context, request: Request, response: Response): Promise<void> {
  const person = sessions.find(request)?.person;
  sessions.end(request, response);
  response.redirect(303, person ? await party.logoutUrl(person) : '/');
}

function home({ sessions, issuer }: Context, request: Request, response: Response): void {
  const person = sessions.find(request)?.person;
  if (person) sendPerson(response, person, { accountUrl: `${issuer}/account` });
  else sendWelcome(response, { issuer });
}

/** The claims alone, without the tokens. */
function claims({ sessions }: Context, request: Request, response: Response): void {
  const person = sessions.find(request)?.person;
  if (!person) {
    response.status(401).json({ error: 'Nobody is logged in' });
    return;
  }
  const { idTokenClaims, userinfo, scope, refreshToken, refreshes } = person;
  response.json({ idToken: idTokenClaims, userinfo, scope, hasRefreshToken: refreshToken !== undefined, refreshes });
}

type Action = (context: Context, request: Request, response: Response) => Promise<void>;

function routes(context: Context): Express {
  const orProblem = (action: Action) => (request: Request, response: Response) =>
    action(context, request, response).catch((error: unknown) => sendProblem(response, describeProblem(error)));
  const app = express();
  app.disable('x-powered-by');
  app.get('/demo.css', (_request, response) => sendStylesheet(response));
  app.get('/', (request, response) => home(context, request, response));
  app.get('/claims.json', (request, response) => claims(context, request, response));
  app.get('/logged-out', (_request, response) => sendWelcome(response, { issuer: context.issuer, loggedOut: true }));
  app.get('/login', orProblem(beginLogin));
  app.get('/callback', orProblem(completeLogin));
  app.post('/refresh', orProblem(refresh));
  app.post('/logout', orProblem(logOut));
  return app;
}

/** Starts the application; it answers when the promise resolves. Foyer may start later. @throws Error when the port is in use */
export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const { server, port, close } = await listen(options.port, options.host);
  const url = options.url ?? `http://localhost:${port}`;
  const issuer = options.foyerIssuer.replace(/\/$/, '');
  const redirectUri = `${url}/callback`;
  const postLogoutRedirectUri = `${url}/logged-out`;
  const { clientId, clientSecret, scope = 'openid profile email offline_access' } = options;
  const party = new RelyingParty({ issuer: options.foyerIssuer, clientId, clientSecret, scope, redirectUri, postLogoutRedirectUri });
  const sessions = new BrowserSessions(`demo-application-${port}`, url.startsWith('https:'));
  server.on('request', routes({ url, issuer, party, sessions }));
  return { url, redirectUri, postLogoutRedirectUri, close };
}
