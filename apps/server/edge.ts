import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AnswersInPlace, Callback } from '@foyer/login';
import { ClientAddresses, configureEdge, FoyerError, jsonBody, ProblemFilter, RateLimits, SETTINGS, type Settings } from '@foyer/platform';
import { oidcRequestHandler, ProviderHost, resumeInPlace, type RequestLimit } from '@foyer/protocols';
import { handleFirst } from './front.js';

/** Puts what stands before Nest's router in its order: OpenID Connect and the callback with their limits, then what every other answer has in common. */
export function putUpEdge(app: NestExpressApplication): void {
  const settings = app.get<Settings>(SETTINGS);
  const limits = app.get(RateLimits);
  const addresses = app.get(ClientAddresses);
  const problems = app.get(ProblemFilter);
  const openId = oidcRequestHandler(app.get(ProviderHost), settings.publicUrl, requestLimit(limits, addresses));
  handleFirst(app.getHttpServer(), [openId, app.get(Callback).handle], problems);
  app.get(AnswersInPlace).offer('oidc', resumeInPlace(app.get(ProviderHost), settings.publicUrl));
  configureEdge(app, settings);
  // Whatever a request is for; those that did not come here have been counted already.
  if (limits.countRequests) {
    app.use((request: Request, _response: Response, next: NextFunction) => {
      limits.admit(addresses.of(request));
      next();
    });
  }
  app.use('/api', jsonBody());
  app.useGlobalFilters(problems);
}

/** The limits of `RateLimits` by the address of the client, as OpenID Connect asks for them. */
function requestLimit(limits: RateLimits, addresses: ClientAddresses): RequestLimit {
  return {
    admit: (request) => {
      if (!limits.countRequests) return undefined;
      try {
        limits.admit(addresses.of(request));
        return undefined;
      } catch (error) {
        return secondsToWait(error);
      }
    },
    retryAfter: async (request) => {
      try {
        await limits.checkFailures(addresses.of(request));
        return undefined;
      } catch (error) {
        return secondsToWait(error);
      }
    },
    failed: (request) => limits.failed(addresses.of(request)),
  };
}

function secondsToWait(error: unknown): number {
  if (error instanceof FoyerError && error.kind === 'tooMany') return error.retryAfter ?? 1;
  throw error;
}
