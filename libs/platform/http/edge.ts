import type { NestExpressApplication } from '@nestjs/platform-express';
import { isUtf8 } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { FoyerError } from '../errors/foyer-error.js';
import type { Settings } from '../settings/settings.js';

const maxBodyBytes = 256 * 1024;
const jsonTypes = ['application/json', 'application/merge-patch+json'];

/** For answers that are no pages: nothing may be loaded, nobody may frame them. Pages set their own. */
const apiContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Prepares an application that was created with `bodyParser: false`: what holds for every answer, whichever lib gives it. */
export function configureEdge(app: NestExpressApplication, settings: Pick<Settings, 'publicUrl' | 'trustedProxies'>): void {
  app.disable('x-powered-by');
  // Express would hash every answer; where an ETag means something, it is the object's version.
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', [...settings.trustedProxies]);
  const setHeaders = securityHeaders(settings.publicUrl);
  app.use((_request: Request, response: Response, next: NextFunction) => {
    setHeaders(response);
    next();
  });
}

/** Sets what every answer has that does not say otherwise. */
export function securityHeaders(publicUrl: string): (response: ServerResponse) => void {
  const headers: [string, string][] = [
    ['Content-Security-Policy', apiContentSecurityPolicy],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'no-referrer'],
  ];
  if (publicUrl.startsWith('https:')) headers.push(['Strict-Transport-Security', 'max-age=31536000']);
  return (response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
  };
}

/** Reads JSON bodies, and refuses any other. For the routes of an API: `app.use('/api', jsonBody())`. */
export function jsonBody(): RequestHandler {
  const parse = express.json({ limit: maxBodyBytes, strict: true, type: jsonTypes, verify: refuseUnlessUtf8 });
  return (request, response, next) => {
    const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
    if (hasBody && !request.is(jsonTypes)) next(Object.assign(new Error('not JSON'), { status: 415 }));
    else parse(request, response, inOurTerms(next));
  };
}

/** Reads HTML forms into texts and lists of texts. For the routes of pages. */
export function formBody(): RequestHandler {
  const parse = express.urlencoded({ limit: maxBodyBytes, extended: false, parameterLimit: 1_000, verify: refuseUnlessUtf8 });
  return (request, response, next) => parse(request, response, inOurTerms(next));
}

function refuseUnlessUtf8(_request: unknown, _response: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new Error('not UTF-8');
}

/** What body-parser says of a body that it cannot read. Nest would make a message of its own of some. */
const faults: Readonly<Record<string, FoyerError>> = {
  'entity.parse.failed': new FoyerError('invalid', 'body.malformed', 'The body is not valid JSON.'),
  'entity.verify.failed': new FoyerError('invalid', 'body.encoding', 'The body is not UTF-8.'),
};

function inOurTerms(next: NextFunction): NextFunction {
  return (error?: unknown) => {
    const type = typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '';
    next(faults[type] ?? error);
  };
}
