import { Body, Controller, Get, Inject, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { FoyerError, Public } from '@foyer/platform';
import { Authentications } from '../authentications.js';
import { BROWSER_SESSIONS, type BrowserSessions } from '../contract.js';
import { texts } from '../pages/form-values.js';
import { PageWriter } from '../pages/page-writer.js';
import { RefusalFilter } from '../pages/refusal.filter.js';
import { AccountView } from './account-view.js';
import { accountPage, signedOutPage, unlinkPage } from './addresses.js';
import { Visitors } from './visitors.js';

/** `/account`: what is known about the person logged in, and their sessions. Whoever has no session logs in first. */
@ApiExcludeController()
@Public()
@UseFilters(RefusalFilter)
@Controller('account')
export class AccountController {
  constructor(
    @Inject(BROWSER_SESSIONS) private readonly sessions: BrowserSessions,
    private readonly authentications: Authentications,
    private readonly visitors: Visitors,
    private readonly view: AccountView,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    const visitor = await this.visitors.find(request);
    if (!visitor) return this.writer.redirect(response, this.sessions.startAccountLogin());
    const data = { ...(await this.view.of(visitor)), csrf: this.visitors.formToken(visitor) };
    this.writer.page(request, response, { template: 'account', data, theme: this.view.themeFor(visitor), status: 200, formsLeave: false });
  }

  /** Back from the login, where the person was. Without a session now, another login would only lead here again. */
  @Get('callback')
  async back(@Query() query: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { error, state } = texts(query);
    if (error !== undefined) throw new FoyerError('forbidden', 'account.signInFailed', 'The login for the account page failed.');
    if (!(await this.visitors.find(request)))
      throw new FoyerError('invalid', 'account.noSession', 'The browser has no session after the login.');
    this.writer.redirect(response, state === undefined ? accountPage : (unlinkPage(state) ?? accountPage));
  }

  @Post('sessions/end')
  async endOne(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { session, form } = await this.visitors.ofForm(body, request);
    // Only sessions of the same person are in the list.
    const ended = (await this.sessions.listOf(session.subject)).find(({ sessionId }) => sessionId === form['session']);
    if (ended) await this.sessions.end(ended.sessionId);
    this.writer.redirect(response, ended?.sessionId === session.sessionId ? signedOutPage : accountPage);
  }

  @Post('sessions/end-all')
  async endAll(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { session } = await this.visitors.ofForm(body, request);
    for (const { sessionId } of await this.sessions.listOf(session.subject)) await this.sessions.end(sessionId);
    // Also those that were too many to be listed, and what refresh tokens live by.
    await this.authentications.revokeUser(session.subject);
    this.writer.redirect(response, signedOutPage);
  }

  @Post('sign-out')
  async signOut(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { session } = await this.visitors.ofForm(body, request);
    await this.sessions.end(session.sessionId);
    this.writer.redirect(response, signedOutPage);
  }
}
