import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { ClientAddresses, RateLimits, securityHeaders, SETTINGS, type Settings } from '@foyer/platform';
import { AnswersInPlace } from '../answers-in-place.js';
import { LoginFlow, type Outcome } from '../login-flow.js';
import { LoginRefused } from '../refusal.js';
import { texts } from './form-values.js';
import { OutcomeWriter } from './outcome-writer.js';
import { RefusalFilter } from './refusal.filter.js';

const address = /^\/federation\/oidc\/callback\/([^/?]+)(?:\?|$)/;

/**
 * Where OpenID Providers send people back to: one address for each, so that none can answer for another (RFC 9700 §4.4). Every login passes here,
 * and most are answered in place, by OpenID Connect: so this stands before Express, as that does, and does itself what holds for every answer.
 */
@Injectable()
export class Callback {
  private readonly setHeaders: (response: ServerResponse) => void;

  constructor(
    private readonly flow: LoginFlow,
    private readonly outcomes: OutcomeWriter,
    private readonly refusals: RefusalFilter,
    private readonly inPlace: AnswersInPlace,
    private readonly limits: RateLimits,
    private readonly addresses: ClientAddresses,
    @Inject(SETTINGS) { publicUrl }: Settings,
  ) {
    this.setHeaders = securityHeaders(publicUrl);
  }

  /** A middleware in the manner of Connect and Express: everything else goes on to `next`. */
  readonly handle = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    const provider = request.method === 'GET' ? address.exec(request.url ?? '')?.[1] : undefined;
    if (provider === undefined) return next();
    this.setHeaders(response);
    try {
      this.limits.admit(this.addresses.of(request));
    } catch (error) {
      return next(error);
    }
    this.answer(provider, request, response).catch((error: unknown) => this.refusals.answer(error, request, response));
  };

  private async answer(provider: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const client = this.addresses.of(request);
    await this.limits.checkFailures(client);
    const { url = '', headers } = request;
    const query = texts(parse(url.slice(url.indexOf('?') + 1)));
    const outcome = await this.flow.answer(nameIn(provider), query, headers.cookie);
    if (outcome.login.ending?.outcome === 'denied') await this.limits.failed(client);
    await this.write(request, response, outcome);
  }

  /** The flow has found this to be the browser that began, and this request to be the one that ended the login. */
  private async write(request: IncomingMessage, response: ServerResponse, outcome: Outcome): Promise<void> {
    const { ending, request: asked } = outcome.login;
    const answer = ending?.outcome === 'answered' ? this.inPlace.of(asked) : undefined;
    if (!answer) return this.outcomes.write(request, response, outcome);
    this.outcomes.setCookies(response, outcome.cookies);
    await answer(asked.correlation, request, response);
  }
}

/** @throws LoginRefused `login.badRequest` */
function nameIn(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new LoginRefused('login.badRequest');
  }
}
