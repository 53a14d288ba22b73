import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerInPlace } from '@foyer/login';
import { resumePath } from '../interactions/oidc-login-answerer.js';
import { jwksCacheSeconds } from '../keys/signing-keys.js';
import { cookieNames } from './cookies.js';
import type { ProviderHost } from './provider-host.js';

/** A middleware in the manner of Connect and Express. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** Limits what one address may ask for, and what it may get wrong. */
export interface RequestLimit {
  /** Counts a request. Whole seconds to wait, or undefined when it may go on. */
  admit(request: IncomingMessage): number | undefined;
  /** Whole seconds to wait, or undefined when the address may go on. */
  retryAfter(request: IncomingMessage): Promise<number | undefined>;
  failed(request: IncomingMessage): Promise<void>;
}

const discovery = new Set(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']);
const prefix = '/oauth2/';

/** Where clients authenticate themselves or redeem something: failures there are counted by address. */
const guessable = new Set(['/oauth2/token', '/oauth2/par', '/oauth2/revoke', '/oauth2/introspect']);

/** `script-src` is there, and empty, for `oidc-provider` to add the hash of the one script that it has: the one that posts a `form_post` answer. */
const contentSecurityPolicy = "default-src 'none'; script-src; base-uri 'none'; frame-ancestors 'none'";

/**
 * Takes the requests for OpenID Connect's addresses; everything else goes on to `next`. It can stand before any framework: what holds for every
 * answer of Foyer is done here, too.
 */
export function oidcRequestHandler(host: Pick<ProviderHost, 'handle'>, publicUrl: string, limit: RequestLimit): RequestHandler {
  const secure = publicUrl.startsWith('https:');
  return (request, response, next) => {
    const url = request.url ?? '';
    const end = url.indexOf('?');
    const path = end === -1 ? url : url.slice(0, end);
    if (!path.startsWith(prefix) && !discovery.has(path)) return next();
    // `oidc-provider` ignores the case of a path and a slash at its end, which would lead around what is decided by the path here.
    if (!isWrittenExactly(path)) return next();
    setHeaders(response, path, secure);
    const wait = limit.admit(request);
    if (wait !== undefined) return refuse(response, wait);
    const answered = guessable.has(path) ? answerLimited(host, request, response, limit) : host.handle(request, response);
    answered.catch(next);
  };
}

/**
 * Goes on with an authorization request in the request in which its login ended: what the browser would ask for if it were sent there, without its
 * way there. It proves with the login's cookie what it would prove with the one for resuming, which is bound to that other path.
 */
export function resumeInPlace(host: Pick<ProviderHost, 'handle'>, publicUrl: string): AnswerInPlace {
  const secure = publicUrl.startsWith('https:');
  const { resume } = cookieNames({ publicUrl });
  return (correlation, request, response) => {
    const url = `${resumePath}${correlation}`;
    setHeaders(response, url, secure);
    // First, because the first cookie of a name counts. `originalUrl` is what Express knows the request by.
    request.headers.cookie = [`${resume}=${correlation}`, request.headers.cookie ?? []].flat().join('; ');
    Object.assign(request, { url, originalUrl: url });
    return host.handle(request, response);
  };
}

/** Only what stands below the address of authorization, the id of a request, has upper case. */
const isWrittenExactly = (path: string): boolean => path.startsWith(resumePath) || (path === path.toLowerCase() && !path.endsWith('/'));

function setHeaders(response: ServerResponse, path: string, secure: boolean): void {
  response.setHeader('content-security-policy', contentSecurityPolicy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  if (secure) response.setHeader('strict-transport-security', 'max-age=31536000');
  const isPublic = path === '/oauth2/jwks' || discovery.has(path);
  response.setHeader('cache-control', isPublic ? `public, max-age=${jwksCacheSeconds}` : 'no-store');
}

async function answerLimited(
  host: Pick<ProviderHost, 'handle'>,
  request: IncomingMessage,
  response: ServerResponse,
  limit: RequestLimit,
): Promise<void> {
  const seconds = await limit.retryAfter(request);
  if (seconds !== undefined) return refuse(response, seconds);
  await host.handle(request, response);
  if (response.statusCode === 400 || response.statusCode === 401) await limit.failed(request);
}

function refuse(response: ServerResponse, seconds: number): void {
  const body = JSON.stringify({ error: 'temporarily_unavailable', error_description: 'too many requests; try again later' });
  response.writeHead(429, {
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'retry-after': String(seconds),
  });
  response.end(body);
}
