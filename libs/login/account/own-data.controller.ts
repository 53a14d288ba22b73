import { Body, Controller, Get, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { FoyerError, Public } from '@foyer/platform';
import { BROWSER_SESSIONS, type BrowserSessions } from '../contract.js';
import { PageWriter } from '../pages/page-writer.js';
import { RefusalFilter } from '../pages/refusal.filter.js';
import { AccountView } from './account-view.js';
import { accountPage, signedOutPage, unlinkPage } from './addresses.js';
import { OwnConsents } from './own-consents.js';
import { OwnLinks } from './own-links.js';
import { Visitors, type Visitor } from './visitors.js';

/** What a person changes about their account: by what it is opened, and what they agreed to. */
@ApiExcludeController()
@Public()
@UseFilters(RefusalFilter)
@Controller('account')
export class OwnDataController {
  constructor(
    @Inject(BROWSER_SESSIONS) private readonly sessions: BrowserSessions,
    private readonly visitors: Visitors,
    private readonly view: AccountView,
    private readonly links: OwnLinks,
    private readonly consents: OwnConsents,
    private readonly writer: PageWriter,
  ) {}

  /** Asks before a link goes. Who was not there a moment ago logs in again, and comes back here. */
  @Get('links/:id')
  async ask(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const visitor = await this.visitors.find(request);
    if (!visitor || !this.visitors.isRecent(visitor)) return this.logInAgain(response, id);
    await this.askToUnlink(visitor, id, request, response);
  }

  @Post('links/:id')
  async unlink(@Param('id') id: string, @Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const visitor = await this.visitors.ofForm(body, request);
    if (!this.visitors.isRecent(visitor)) return this.logInAgain(response, id);
    try {
      if (visitor.user) await this.links.unlink(visitor.user, id);
    } catch (error) {
      if (!(error instanceof FoyerError) || error.code !== 'link.last') throw error;
      return this.askToUnlink(visitor, id, request, response);
    }
    // Whoever came by that link is signed out now.
    const stays = await this.visitors.find(request);
    this.writer.redirect(response, stays ? accountPage : signedOutPage);
  }

  @Post('consents/revoke')
  async revoke(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { user, form } = await this.visitors.ofForm(body, request);
    if (user && form['receipt'] !== undefined) await this.consents.revoke(user, form['receipt']);
    this.writer.redirect(response, accountPage);
  }

  @Post('applications/revoke')
  async revokeApplication(@Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { session, form } = await this.visitors.ofForm(body, request);
    if (form['application'] !== undefined) await this.consents.revokeApplication(session.subject, form['application']);
    this.writer.redirect(response, accountPage);
  }

  private async askToUnlink(visitor: Visitor, id: string, request: Request, response: Response): Promise<void> {
    const leading = visitor.user && (await this.links.of(visitor.user)).find(({ link }) => link.id === id);
    if (!leading) return this.writer.redirect(response, accountPage);
    const data = { ...this.view.unlinking(leading, visitor), action: unlinkPage(id), csrf: this.visitors.formToken(visitor) };
    const status = leading.removable ? 200 : 409;
    this.writer.page(request, response, { template: 'unlink', data, theme: this.view.themeFor(visitor), status, formsLeave: true });
  }

  private logInAgain(response: Response, linkId: string): void {
    const known = unlinkPage(linkId) !== undefined;
    this.writer.redirect(response, known ? this.sessions.startAccountLogin({ anew: true, state: linkId }) : accountPage);
  }
}
