import type { NestExpressApplication } from '@nestjs/platform-express';
import { ClientAddresses, configureEdge, FoyerError, jsonBody, ProblemFilter, RateLimits, SETTINGS, type Settings } from '@foyer/platform';
import { oidcRequestHandler, ProviderHost, type FailureLimit, type RequestHandler } from '@foyer/protocols';
import { handleFirst } from './front.js';

/** Puts what stands before Nest's router in its order: limits, OpenID Connect, then what every other answer has in common. */
export function putUpEdge(app: NestExpressApplication): void {
  const settings = app.get<Settings>(SETTINGS);
  const limits = app.get(RateLimits);
  const addresses = app.get(ClientAddresses);
  const openId = oidcRequestHandler(app.get(ProviderHost), settings.publicUrl, failureLimit(limits, addresses));
  const problems = app.get(ProblemFilter);
  handleFirst(app.getHttpServer(), limited(openId, limits, addresses, settings), problems);
  configureEdge(app, settings);
  app.use('/api', jsonBody());
  app.useGlobalFilters(problems);
}

/** With a rate set, counts every request of an address, whatever it is for. */
function limited(next: RequestHandler, limits: RateLimits, addresses: ClientAddresses, settings: Settings): RequestHandler {
  if (settings.rateLimitPerAddress === 0) return next;
  return (request, response, others) => {
    try {
      limits.admit(addresses.of(request));
    } catch (error) {
      return others(error);
    }
    next(request, response, others);
  };
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
