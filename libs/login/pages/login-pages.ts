import type { ConsentPurposes } from '@foyer/consent';
import { httpStatus, type FoyerError } from '@foyer/platform';
import { wantedAttributes } from '@foyer/provisioning';
import type { BrowserBinding } from '../browser-binding.js';
import type { Ending, Login } from '../login.js';
import type { Openings } from '../openings.js';
import { LoginRefused } from '../refusal.js';
import type { PromptTurn, ReleaseTurn, Turn } from '../step.js';
import type { PageContent, PageData } from './page-writer.js';
import { promptData, promptStatus, type PromptFacts } from './prompt-data.js';
import { releaseData, releaseStatus } from './release-data.js';
import { shownValue } from './shown-value.js';

type SignIn = Turn & { readonly kind: 'signIn' };

/** What the pages of a login show. */
export class LoginPages {
  constructor(
    private readonly openings: Openings,
    private readonly binding: BrowserBinding,
    private readonly purposes: Pick<ConsentPurposes, 'byName'>,
  ) {}

  /** Where the person chooses a way in, or types a username and a password. */
  signIn(login: Login, { mistake, typed }: SignIn, formToken: string | undefined): PageContent {
    const { providers, local } = this.openings.ways(login.request.application);
    const aboutEmail = mistake?.message === 'signIn.error.realm';
    const data = {
      title: 'signIn.title',
      action: `/login/${login.id}`,
      loginId: login.id,
      csrf: formToken,
      application: this.nameOf(login.request.application),
      providers: providers.map(({ name, displayName }) => ({ name, displayName, initial: initialOf(displayName) })),
      email: providers.some(({ homeRealms }) => homeRealms.length > 0),
      emailValue: typed?.email,
      emailError: aboutEmail ? mistake.message : undefined,
      local,
      username: typed?.username ?? login.request.forward.loginHint,
      error: aboutEmail ? undefined : mistake?.message,
    };
    const status = mistake?.status ?? 200;
    return { template: 'sign-in', data, ...this.readerOf(login), status, retryAfter: mistake?.retryAfter, formsLeave: true };
  }

  /** What a person is asked before the login goes on. */
  prompt(login: Login, turn: PromptTurn, formToken: string | undefined): PageContent {
    const { identity, choice, request } = login;
    const chosen = choice?.kind === 'external' ? choice.identityProvider : undefined;
    const provider = chosen && this.openings.provider(request.application, chosen.id);
    const values = identity && provider ? wantedAttributes(identity, provider).list : [];
    const facts: PromptFacts = {
      values: new Map(values.flatMap(({ to, value }) => (value === undefined ? [] : [[to, shownValue(value)] as const]))),
      purpose: (name) => this.purposes.byName(name),
    };
    const around = {
      action: `/login/${login.id}`,
      loginId: login.id,
      provider: provider?.displayName ?? chosen?.name,
      ...this.wayBack(request.application, login, formToken),
    };
    const data = (language: string): PageData => ({ ...around, ...promptData(turn, facts, language) });
    return { template: 'prompt', data, ...this.readerOf(login), ...promptStatus(turn), formsLeave: true };
  }

  /** What a person is asked before the application learns something about them. */
  release(login: Login, turn: ReleaseTurn, formToken: string | undefined): PageContent {
    const around = { action: `/login/${login.id}`, loginId: login.id, ...this.wayBack(login.request.application, login, formToken) };
    const data = { ...around, ...releaseData(turn) };
    return { template: 'release', data, ...this.readerOf(login), status: releaseStatus(turn), formsLeave: true };
  }

  /** Why a login ended without success. */
  failure(login: Login, ending: Ending & { readonly outcome: 'denied' | 'failed' }, formToken: string | undefined): PageContent {
    const back = this.wayBack(login.request.application, login, formToken);
    return { ...this.problem(ending.kind, ending.code, { loginId: login.id, ...back }), ...this.readerOf(login) };
  }

  /** What was wrong with a request. @param cookies the request's `Cookie` header */
  refusal(error: FoyerError, cookies: string | undefined): PageContent {
    const about = error instanceof LoginRefused ? error.about : undefined;
    if (!about) return { ...this.problem(error.kind, error.code, {}), retryAfter: error.retryAfter };
    const { login, loginId, application } = about;
    const own = login !== undefined && error.code !== 'login.expired' && this.binding.holds(login, cookies);
    const formToken = own ? this.binding.formToken(loginId, cookies) : undefined;
    const problem = this.problem(error.kind, error.code, { loginId, ...this.wayBack(application, login, formToken) });
    return { ...problem, ...(login ? this.readerOf(login) : { theme: this.openings.application(application)?.theme }) };
  }

  /** Of several keys of texts, the first that has one counts. */
  private problem(kind: FoyerError['kind'], code: string, facts: Readonly<Record<string, unknown>>): PageContent {
    const status = httpStatus[kind];
    const heading = [`problem.heading.${code}`, `problem.heading.${status}`, 'problem.heading.500'];
    const text = [`error.${code}`, `error.kind.${kind}`, 'error.kind.internal'];
    return { template: 'problem', data: { title: 'problem.title', heading, text, code, ...facts }, status, formsLeave: true };
  }

  /** A browser that holds the login's cookie goes back with an answer; any other only to where the application lives. */
  private wayBack(applicationName: string, login: Login | undefined, formToken: string | undefined): Readonly<Record<string, unknown>> {
    const application = this.nameOf(applicationName);
    if (login === undefined || formToken === undefined) {
      return { application, returnAddress: this.openings.home(applicationName), returnLabel: 'problem.return' };
    }
    const returnLabel = login.ending?.outcome === 'answered' ? 'problem.continue' : 'problem.return';
    return { application, returnAction: `/login/${login.id}/return`, csrf: formToken, returnLabel };
  }

  private nameOf(application: string): string {
    return this.openings.application(application)?.displayName ?? application;
  }

  /** What decides how a login's pages look, and in which language they are. */
  private readerOf(login: Login): Pick<PageContent, 'theme' | 'uiLocales'> {
    return { theme: this.themeOf(login), uiLocales: login.request.uiLocales };
  }

  /** The application's theme, else that of the identity provider that the person was sent to. */
  private themeOf({ request, choice }: Login): string | undefined {
    const own = this.openings.application(request.application)?.theme;
    if (own !== undefined || choice?.kind !== 'external') return own;
    return this.openings.provider(request.application, choice.identityProvider.id)?.theme;
  }
}

const initialOf = (name: string): string => (Array.from(name.trim())[0] ?? '').toUpperCase();
