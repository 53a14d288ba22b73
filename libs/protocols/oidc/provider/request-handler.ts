import type { IncomingMessage, ServerResponse } from 'node:http';
import { jwksCacheSeconds } from '../keys/signing-keys.js';
import type { ProviderHost } from './provider-host.js';

/** A middleware in the manner of Connect and Express. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

const discovery = new Set(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']);
const prefix = '/oauth2/';

/** Where clients authenticate themselves or redeem something: failures there are counted by address. */
const guessable = new Set(['/oauth2/token', '/oauth2/par', '/oauth2/revoke', '/oauth2/introspect']);

/** Limits what one address may get wrong. */
export interface FailureLimit {
  /** Whole seconds to wait, or undefined when the address may go on. */
  retryAfter(request: IncomingMessage): Promise<number | undefined>;
  failed(request: IncomingMessage): Promise<void>;
}

/** Takes the requests for OpenID Connect's addresses, before any router looks at them; everything else goes on to `next`. */
export function oidcRequestHandler(host: ProviderHost, publicUrl: string, limit: FailureLimit): RequestHandler {
  const secure = publicUrl.startsWith('https:');
  return (request, response, next) => {
    const url = request.url ?? '';
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    if (!path.startsWith(prefix) && !discovery.has(path)) return next();
    setHeaders(response, path, secure);
    const answered = guessable.has(path) ? answerLimited(host, request, response, limit) : host.handle(request, response);
    answered.catch(next);
  };
}

function setHeaders(response: ServerResponse, path: string, secure: boolean): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cache-control', path === '/oauth2/jwks' || discovery.has(path) ? `public, max-age=${jwksCacheSeconds}` : 'no-store');
  if (secure) response.setHeader('strict-transport-security', 'max-age=31536000');
}

async function answerLimited(host: ProviderHost, request: IncomingMessage, response: ServerResponse, limit: FailureLimit): Promise<void> {
  const seconds = await limit.retryAfter(request);
  if (seconds !== undefined) return refuse(response, seconds);
  await host.handle(request, response);
  if (response.statusCode === 400 || response.statusCode === 401) await limit.failed(request);
}

function refuse(response: ServerResponse, seconds: number): void {
  const body = JSON.stringify({ error: 'temporarily_unavailable', error_description: 'too many failed requests; try again later' });
  response.writeHead(429, { 'content-type': 'application/json; charset=utf-8', 'retry-after': String(seconds) });
  response.end(body);
}
