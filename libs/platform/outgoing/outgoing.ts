import { Agent, buildConnector } from 'undici';
import { FoyerError } from '../errors/foyer-error.js';
import { decoded, exchange, garbage, type ExchangeLimits, type RawAnswer } from './exchange.js';
import { OutgoingPolicy, refused } from './policy.js';

/** The part of the WHATWG `fetch` that the libraries we hand it to make use of. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

const connectTimeoutMs = 10_000;
const idleSocketMs = 10_000;
/** Statuses whose answer has no body (Fetch §2.2.3). */
const bodiless = new Set([204, 205, 304]);

/**
 * All requests that Foyer makes itself. Each connection is checked against `FOYER_OUTGOING_ALLOW` by the address that it goes to, redirects are
 * never followed (a caller sees the 3xx), every answer has a deadline and a size limit, and connections are kept for the next request.
 */
export class Outgoing {
  private readonly agent: Agent;

  /** @param allow `FOYER_OUTGOING_ALLOW` */
  constructor(allow: readonly string[]) {
    this.agent = agentFor(new OutgoingPolicy(allow));
  }

  /**
   * A `fetch` with these limits, for `openid-client`'s `customFetch` and `oidc-provider`'s `fetch`.
   * It rejects with a FoyerError: `outgoing.refused`, `outgoing.timeout`, `outgoing.unreachable`, `outgoing.tooLarge`, `outgoing.garbage` (no
   * proper HTTP), `outgoing.untrusted` (TLS); or with the reason of the caller's own signal.
   */
  fetch(limits: ExchangeLimits): Fetch {
    return async (input, init = {}) => {
      const url = checkedUrl(input);
      const headers = Object.fromEntries(new Headers(init.headers));
      const body = requestBody(init.body, headers);
      const request = { origin: url.origin, path: url.pathname + url.search, method: init.method ?? 'GET', headers, body };
      const answer = await exchange(this.agent, request, limits, init.signal);
      return asResponse(answer, await decoded(answer, url.origin, limits.maxResponseBytes), url.origin);
    };
  }

  /** Ends idle connections, and the others when their answers are there. */
  close(): Promise<void> {
    return this.agent.close();
  }
}

function agentFor(policy: OutgoingPolicy): Agent {
  const connectors = {
    'http:': buildConnector({ timeout: connectTimeoutMs, lookup: policy.lookup('http:') }),
    'https:': buildConnector({ timeout: connectTimeoutMs, lookup: policy.lookup('https:') }),
  };
  return new Agent({
    keepAliveTimeout: idleSocketMs,
    connect: (options, callback) => {
      const scheme = options.protocol === 'https:' ? 'https:' : 'http:';
      try {
        policy.checkLiteral(scheme, options.hostname);
      } catch (error) {
        callback(error instanceof Error ? error : refused(options.hostname), null);
        return;
      }
      connectors[scheme](options, callback);
    },
  });
}

function checkedUrl(input: string | URL): URL {
  const url = typeof input === 'string' && URL.canParse(input) ? new URL(input) : input;
  if (typeof url === 'string' || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new FoyerError('upstreamWrong', 'outgoing.refused', 'Foyer may not send requests to this address.', {
      cause: 'it is no http or https address, or has a user or password in it',
    });
  }
  return url;
}

function asResponse({ status, headers }: RawAnswer, body: Buffer, origin: string): Response {
  try {
    return new Response(bodiless.has(status) ? null : new Uint8Array(body), { status, headers });
  } catch (error) {
    throw garbage(origin, error);
  }
}

function requestBody(body: RequestInit['body'], headers: Record<string, string>): string | Uint8Array | null {
  if (body === null || body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body ?? null;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (!(body instanceof URLSearchParams)) throw new TypeError('An outgoing request takes its body as text, bytes or form parameters');
  headers['content-type'] ??= 'application/x-www-form-urlencoded;charset=UTF-8';
  return body.toString();
}
