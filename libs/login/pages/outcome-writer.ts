import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BrowserBinding } from '../browser-binding.js';
import type { Outcome } from '../login-flow.js';
import type { LoginPages } from './login-pages.js';
import type { PageWriter } from './page-writer.js';

/** Gives the browser what its request led to: a redirect or a page. */
export class OutcomeWriter {
  constructor(
    private readonly pages: LoginPages,
    private readonly writer: PageWriter,
    private readonly binding: BrowserBinding,
  ) {}

  write(request: IncomingMessage, response: ServerResponse, { login, turn, cookies }: Outcome): void {
    if (turn.kind === 'redirect') return this.writer.redirect(response, turn.to, cookies);
    const asks = turn.kind === 'prompt' || turn.kind === 'release';
    if (asks && !isPageOf(login.id, request)) return this.writer.redirect(response, `/login/${login.id}`, cookies);
    const formToken = this.binding.formToken(login.id, request.headers.cookie);
    if (turn.kind === 'signIn') return this.writer.page(request, response, { ...this.pages.signIn(login, turn, formToken), cookies });
    if (turn.kind === 'prompt') return this.writer.page(request, response, { ...this.pages.prompt(login, turn, formToken), cookies });
    if (turn.kind === 'release') return this.writer.page(request, response, { ...this.pages.release(login, turn, formToken), cookies });
    const { ending } = login;
    if (!ending || ending.outcome === 'answered') throw new Error(`Login ${login.id} has no problem to show`);
    this.writer.page(request, response, { ...this.pages.failure(login, ending, formToken), cookies });
  }

  setCookies(response: ServerResponse, cookies: Outcome['cookies']): void {
    this.writer.setCookies(response, cookies);
  }
}

/** A question is asked at the login's own address: what brought the browser there is not in it, and loading it again asks again. */
const isPageOf = (loginId: string, { url = '' }: IncomingMessage): boolean =>
  ['', '/prompt', '/release'].some((form) => url.split('?')[0] === `/login/${loginId}${form}`);
