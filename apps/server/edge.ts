import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { ClientAddresses, configureEdge, FoyerError, jsonBody, ProblemFilter, RateLimits, SETTINGS, type Settings } from '@foyer/platform';
import { oidcRequestHandler, ProviderHost, type FailureLimit } from '@foyer/protocols';

/** Puts what stands before Nest's router in its order: limits, OpenID Connect, then what every other answer has in common. */
export function putUpEdge(app: NestExpressApplication): void {
  const settings = app.get<Settings>(SETTINGS);
  const limits = app.get(RateLimits);
  const addresses = app.get(ClientAddresses);
  if (settings.rateLimitPerAddress > 0) {
    app.use((request: Request, _response: Response, next: NextFunction) => {
      limits.admit(addresses.of(request));
      next();
    });
  }
  // First, because a login passes here several times and needs nothing of what follows.
  app.use(oidcRequestHandler(app.get(ProviderHost), settings.publicUrl, failureLimit(limits, addresses)));
  configureEdge(app, settings);
  app.use('/api', jsonBody());
  app.useGlobalFilters(app.get(ProblemFilter));
}

/** The limits on failures, by the address of the client. */
function failureLimit(limits: RateLimits, addresses: ClientAddresses): FailureLimit {
  return {
    retryAfter: async (request) => {
      try {
        await limits.checkFailures(addresses.of(request));
        return undefined;
      } catch (error) {
        if (error instanceof FoyerError && error.kind === 'tooMany') return error.retryAfter ?? 1;
        throw error;
      }
    },
    failed: (request) => limits.failed(addresses.of(request)),
  };
}
