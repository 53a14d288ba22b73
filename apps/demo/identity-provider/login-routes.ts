import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { sendStylesheet } from '../pages/page.js';
import { sendConsentPage, sendLoginPage, sendStaleLoginPage, sendStartPage } from './login-page.js';
import type { Person } from './people.js';
import { passwordLogin } from './provider.js';

interface Context {
  readonly provider: Provider;
  readonly people: readonly Person[];
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What `express.urlencoded` read; empty when the body is of another type. */
function fields({ body }: { body?: unknown }): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

async function applicationName({ provider }: Context, { params }: Interaction): Promise<string> {
  const clientId = text(params['client_id']) ?? '';
  return (await provider.Client.find(clientId))?.clientName ?? clientId;
}

async function showForm(context: Context, request: Request, response: Response): Promise<void> {
  const interaction = await context.provider.interactionDetails(request, response);
  const application = await applicationName(context, interaction);
  if (interaction.prompt.name === 'consent') {
    sendConsentPage(response, { application, scopes: (text(interaction.params['scope']) ?? '').split(' ') });
  } else {
    sendLoginPage(response, { application, people: context.people, username: text(interaction.params['login_hint']) });
  }
}

async function takeForm(context: Context, request: Request, response: Response): Promise<void> {
  const { provider, people } = context;
  const interaction = await provider.interactionDetails(request, response);
  const { action, username, password } = fields(request);
  const finish = (result: InteractionResults, mergeWithLastSubmission: boolean): Promise<void> =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission });

  if (action === 'cancel') return finish({ error: 'access_denied', error_description: 'The person cancelled the login' }, false);
  if (interaction.prompt.name === 'consent') return finish({ consent: {} }, true);
  const person = people.find((candidate) => candidate.username === username && candidate.password === password);
  if (person) return finish({ login: { accountId: person.claims.sub, ...passwordLogin } }, false);
  sendLoginPage(response, { application: await applicationName(context, interaction), people, username: text(username), failed: true });
}

/** The provider with its pages: what an HTTP server answers with. */
export function loginRoutes(context: Context): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/', (_request, response) => sendStartPage(response, { issuer: context.provider.issuer, people: context.people }));
  app.get('/demo.css', (_request, response) => sendStylesheet(response));
  app.get('/login/:uid', (request, response) => showForm(context, request, response));
  app.post('/login/:uid', express.urlencoded({ extended: false, limit: '10kb' }), (request, response) =>
    takeForm(context, request, response),
  );
  const stale: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (error instanceof Error && error.name === 'SessionNotFound') sendStaleLoginPage(response);
    else next(error);
  };
  app.use(stale);
  app.use(context.provider.callback());
  return app;
}
