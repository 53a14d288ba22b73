import { createHmac } from 'node:crypto';
import { Body, Controller, Get, Inject, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { FoyerError, Public, Vault } from '@foyer/platform';
import { Authentications } from '../authentications.js';
import { sameText } from '../browser-binding.js';
import { BROWSER_SESSIONS, type Authentication, type BrowserSession, type BrowserSessions } from '../contract.js';
import { texts } from '../pages/form-values.js';
import { PageWriter } from '../pages/page-writer.js';
import { RefusalFilter } from '../pages/refusal.filter.js';
import { LoginRefused } from '../refusal.js';
import { AccountView } from './account-view.js';

interface SignedIn {
  readonly session: BrowserSession;
  readonly authentication: Authentication;
}

const signedOutPage = '/login/signed-out';

/** `/account`: what is known about the person logged in, and their sessions. Whoever has no session logs in first. */
@ApiExcludeController()
@Public()
@UseFilters(RefusalFilter)
@Controller('account')
export class AccountController {
  private readonly formKey: Buffer;

  constructor(
    @Inject(BROWSER_SESSIONS) private readonly sessions: BrowserSessions,
    private readonly authentications: Authentications,
    private readonly view: AccountView,
    private readonly writer: PageWriter,
    vault: Vault,
  ) {
    this.formKey = vault.derive('account-forms');
  }

  @Get()
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    const signedIn = await this.signedIn(request);
    if (!signedIn) return this.writer.redirect(response, this.sessions.startAccountLogin());
    const { session, authentication } = signedIn;
    const shown = await this.view.of(authentication, session, await this.sessions.listOf(session.subject));
    if (!shown) throw new FoyerError('forbidden', 'account.disabled', 'The account is disabled or gone.');
    this.writer.page(request, response, {
      template: 'account',
      data: { ...shown, csrf: this.formToken(session) },
      status: 200,
      formsLeave: false,
    });
  }

  /** Back from the login. Without a session now, another login would only lead here again. */
  @Get('callback')
  async back(@Query() query: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (texts(query)['error'] !== undefined)
      throw new FoyerError('forbidden', 'account.signInFailed', 'The login for the account page failed.');
    if (!(await this.signedIn(request)))
      throw new FoyerError('invalid', 'account.noSession', 'The browser has no session after the login.');
    this.writer.redirect(response, '/account');
  }

  @Post('sessions/end')
  async endOne(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { session, form } = await this.ownForm(body, request);
    // Only sessions of the same person are in the list.
    const ended = (await this.sessions.listOf(session.subject)).find(({ sessionId }) => sessionId === form['session']);
    if (ended) await this.sessions.end(ended.sessionId);
    this.writer.redirect(response, ended?.sessionId === session.sessionId ? signedOutPage : '/account');
  }

  @Post('sessions/end-all')
  async endAll(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { session } = await this.ownForm(body, request);
    for (const { sessionId } of await this.sessions.listOf(session.subject)) await this.sessions.end(sessionId);
    // Also those that were too many to be listed, and what refresh tokens live by.
    await this.authentications.revokeUser(session.subject);
    this.writer.redirect(response, signedOutPage);
  }

  @Post('sign-out')
  async signOut(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { session } = await this.ownForm(body, request);
    await this.sessions.end(session.sessionId);
    this.writer.redirect(response, signedOutPage);
  }

  private async signedIn(request: Request): Promise<SignedIn | undefined> {
    const session = await this.sessions.current(request.headers.cookie);
    const authentication = session && (await this.authentications.find(session.loginId));
    return session && authentication?.subject === session.subject ? { session, authentication } : undefined;
  }

  private async ownForm(body: unknown, request: Request): Promise<SignedIn & { form: Readonly<Record<string, string>> }> {
    const form = texts(body);
    const signedIn = await this.signedIn(request);
    if (!signedIn) throw new FoyerError('invalid', 'account.noSession', 'The session has ended.');
    if (!sameText(form['csrf'] ?? '', this.formToken(signedIn.session))) throw new LoginRefused('login.csrf');
    return { ...signedIn, form };
  }

  /** Bound to the session, and to nothing that a page shows: another site cannot know it. */
  private formToken({ sessionId, loginId }: BrowserSession): string {
    return createHmac('sha256', this.formKey).update(`${sessionId} ${loginId}`).digest('base64url');
  }
}
