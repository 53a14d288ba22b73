import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ClientAddresses, Public } from '@foyer/platform';
import { LoginFlow } from '../login-flow.js';
import type { LoginInput } from '../step.js';
import { texts } from './form-values.js';
import { OutcomeWriter } from './outcome-writer.js';
import { PageWriter } from './page-writer.js';
import { sentPrompt } from './prompt-answers.js';
import { RefusalFilter } from './refusal.filter.js';
import { sentRelease } from './release-form.js';

/** The pages of a login: choosing a way in, typing a password, answering what is asked, what went wrong, and back to the application. */
@ApiExcludeController()
@Public()
@UseFilters(RefusalFilter)
@Controller('login')
export class LoginController {
  constructor(
    private readonly flow: LoginFlow,
    private readonly outcomes: OutcomeWriter,
    private readonly writer: PageWriter,
    private readonly addresses: ClientAddresses,
  ) {}

  @Get('signed-out')
  signedOut(@Req() request: Request, @Res() response: Response): void {
    this.writer.page(request, response, { template: 'signed-out', data: { title: 'signedOut.title' }, status: 200, formsLeave: false });
  }

  @Get([':id', ':id/error', ':id/prompt', ':id/release'])
  async open(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    this.outcomes.write(request, response, await this.flow.open(id, request.headers.cookie));
  }

  @Post(':id/choose')
  async choose(@Param('id') id: string, @Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { csrf = '', provider, email = '' } = texts(body);
    const input: LoginInput = provider === undefined ? { kind: 'email', email } : { kind: 'provider', name: provider };
    this.outcomes.write(request, response, await this.flow.submit(id, request.headers.cookie, csrf, input));
  }

  @Post(':id/password')
  async password(@Param('id') id: string, @Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { csrf = '', username = '', password = '' } = texts(body);
    const input: LoginInput = { kind: 'password', username, password, address: this.addresses.of(request) };
    this.outcomes.write(request, response, await this.flow.submit(id, request.headers.cookie, csrf, input));
  }

  @Post(':id/prompt')
  async prompt(@Param('id') id: string, @Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { csrf, answers, language } = sentPrompt(body);
    const input: LoginInput = { kind: 'prompt', answers, language, address: this.addresses.of(request) };
    this.outcomes.write(request, response, await this.flow.submit(id, request.headers.cookie, csrf, input));
  }

  @Post(':id/release')
  async release(@Param('id') id: string, @Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { csrf, ...answer } = sentRelease(body);
    this.outcomes.write(request, response, await this.flow.submit(id, request.headers.cookie, csrf, { kind: 'release', ...answer }));
  }

  @Post(':id/return')
  async goBack(@Param('id') id: string, @Body() body: unknown, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { csrf = '' } = texts(body);
    this.outcomes.write(request, response, await this.flow.goBack(id, request.headers.cookie, csrf));
  }
}
