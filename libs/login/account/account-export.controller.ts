import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '@foyer/platform';
import { BROWSER_SESSIONS, type BrowserSessions } from '../contract.js';
import { PageWriter } from '../pages/page-writer.js';
import { RefusalFilter } from '../pages/refusal.filter.js';
import { AccountExport } from './account-export.js';
import { jsonOf } from './json-stream.js';
import { Visitors } from './visitors.js';

/** `/account/export`: everything that is kept about the person logged in, to take away. */
@ApiExcludeController()
@Public()
@UseFilters(RefusalFilter)
@Controller('account/export')
export class AccountExportController {
  constructor(
    @Inject(BROWSER_SESSIONS) private readonly sessions: BrowserSessions,
    private readonly visitors: Visitors,
    private readonly account: AccountExport,
    private readonly writer: PageWriter,
  ) {}

  @Get()
  async download(@Req() request: Request, @Res() response: Response): Promise<void> {
    const visitor = await this.visitors.find(request);
    if (!visitor) return this.writer.redirect(response, this.sessions.startAccountLogin());
    const fields = await this.account.of(visitor);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Disposition', 'attachment; filename="account.json"');
    await pipeline(Readable.from(jsonOf(fields)), response);
  }
}
