import { Controller, Get, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ClientAddresses, Public, RateLimits } from '@foyer/platform';
import { AnswersInPlace } from '../answers-in-place.js';
import { LoginFlow, type Outcome } from '../login-flow.js';
import { texts } from './form-values.js';
import { OutcomeWriter } from './outcome-writer.js';
import { RefusalFilter } from './refusal.filter.js';

/** Where OpenID Providers send people back to: one address for each, so that none can answer for another (RFC 9700 §4.4). */
@ApiExcludeController()
@Public()
@UseFilters(RefusalFilter)
@Controller('federation/oidc/callback')
export class CallbackController {
  constructor(
    private readonly flow: LoginFlow,
    private readonly outcomes: OutcomeWriter,
    private readonly inPlace: AnswersInPlace,
    private readonly limits: RateLimits,
    private readonly addresses: ClientAddresses,
  ) {}

  @Get(':provider')
  async answer(
    @Param('provider') provider: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const address = this.addresses.of(request);
    await this.limits.checkFailures(address);
    const outcome = await this.flow.answer(provider, texts(query), request.headers.cookie);
    if (outcome.login.ending?.outcome === 'denied') await this.limits.failed(address);
    await this.write(request, response, outcome);
  }

  /** The flow has found this to be the browser that began, and this request to be the one that ended the login. */
  private async write(request: Request, response: Response, outcome: Outcome): Promise<void> {
    const { ending, request: asked } = outcome.login;
    const answer = ending?.outcome === 'answered' ? this.inPlace.of(asked) : undefined;
    if (!answer) return this.outcomes.write(request, response, outcome);
    this.outcomes.setCookies(response, outcome.cookies);
    await answer(asked.correlation, request, response);
  }
}
