import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';

export interface ScriptedPerson {
  readonly sub: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** How the provider misbehaves: everything that is not named is done as OpenID Connect wants it. */
export interface Misbehaviour {
  /** Changes the claims of the ID token before it is signed. */
  idToken?: (claims: JWTPayload) => JWTPayload;
  /** `foreign`: another key under the published key id; `unpublished`: a key id that the JWKS lacks; `none`: no signature. */
  signWith?: 'foreign' | 'unpublished' | 'none';
  /** Answers a request by itself: for garbage, errors, silence and floods. Returns whether it did. */
  answer?: (path: string, response: ServerResponse) => boolean;
  /** Holds a request back until the promise resolves. */
  delay?: (path: string) => Promise<void> | undefined;
  /** Changes the parameters of the redirect back to Foyer. */
  callback?: (parameters: URLSearchParams) => void;
  /** Claims that only userinfo has. */
  userInfo?: Readonly<Record<string, unknown>>;
}

interface Grant {
  readonly clientId: string;
  readonly nonce: string | null;
  readonly challenge: string | null;
  readonly redirectUri: string;
  readonly person: ScriptedPerson;
}

/**
 * An OpenID Provider whose every answer a test decides: it lets everybody in at once, as the person whom `login_hint` or `nextPerson` names,
 * and it can lie, keep silent and talk garbage, which no honest provider does on demand.
 */
export class ScriptedProvider {
  misbehaviour: Misbehaviour = {};
  /** Who logs in next; without it the `login_hint`, else a new person each time. */
  nextPerson: ScriptedPerson | undefined;
  /** Seconds: stated as `auth_time`; undefined states none. */
  authTime: number | undefined = Math.floor(Date.now() / 1000);
  readonly requests: { path: string; parameters: URLSearchParams; headers: IncomingMessage['headers'] }[] = [];
  private readonly grants = new Map<string, Grant>();

  private constructor(
    readonly issuer: string,
    private readonly personOf: (hint: string) => ScriptedPerson,
    private readonly server: Server,
    private readonly keys: Awaited<ReturnType<typeof makeKeys>>,
  ) {}

  /** @param personOf who logs in for a `login_hint`; without a hint, a name that nobody had before is given */
  static async start(
    port = 0,
    personOf = (hint: string): ScriptedPerson => ({ sub: hint, claims: { preferred_username: hint } }),
  ): Promise<ScriptedProvider> {
    const server = createServer((request, response) => {
      provider.handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const address = server.address() as AddressInfo;
    const provider = new ScriptedProvider(`http://127.0.0.1:${address.port}`, personOf, server, await makeKeys());
    return provider;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What a browser would be sent back to when it opened the authorization address. */
  authorize(address: string): string {
    const parameters = new URL(address).searchParams;
    const code = randomUUID();
    const person = this.nextPerson ?? this.personOf(parameters.get('login_hint') ?? `user-${randomUUID().slice(0, 8)}`);
    const redirectUri = parameters.get('redirect_uri') ?? '';
    this.grants.set(code, {
      clientId: parameters.get('client_id') ?? '',
      nonce: parameters.get('nonce'),
      challenge: parameters.get('code_challenge'),
      redirectUri,
      person,
    });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: parameters.get('state') ?? '', iss: this.issuer }).toString();
    this.misbehaviour.callback?.(back.searchParams);
    return back.href;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const body = await readBody(request);
    this.requests.push({ path: url.pathname, parameters: body ? new URLSearchParams(body) : url.searchParams, headers: request.headers });
    if (this.requests.length > 1_000) this.requests.shift();
    await this.misbehaviour.delay?.(url.pathname);
    if (this.misbehaviour.answer?.(url.pathname, response)) return;
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, this.metadata());
      case '/jwks':
        return json(response, { keys: [this.keys.jwk] });
      case '/authorize':
        response.writeHead(303, { location: this.authorize(url.href) }).end();
        return;
      case '/token':
        return this.token(new URLSearchParams(body), response);
      case '/userinfo':
        return json(response, { sub: request.headers.authorization?.replace(/^Bearer /i, '') ?? '', ...this.misbehaviour.userInfo });
      default:
        response.writeHead(404).end();
    }
  }

  private metadata(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  private async token(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const code = form.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!grant || grant.redirectUri !== form.get('redirect_uri') || grant.challenge !== challenge) {
      return json(response, { error: 'invalid_grant' }, 400);
    }
    const now = Math.floor(Date.now() / 1000);
    const honest: JWTPayload = {
      iss: this.issuer,
      sub: grant.person.sub,
      aud: grant.clientId,
      iat: now,
      exp: now + 300,
      ...(grant.nonce ? { nonce: grant.nonce } : {}),
      ...(this.authTime === undefined ? {} : { auth_time: this.authTime }),
      ...grant.person.claims,
    };
    const idToken = await this.sign(this.misbehaviour.idToken?.(honest) ?? honest);
    json(response, { access_token: grant.person.sub, token_type: 'Bearer', expires_in: 300, id_token: idToken });
  }

  private sign(claims: JWTPayload): Promise<string> | string {
    const { signWith } = this.misbehaviour;
    if (signWith === 'none') return new UnsecuredJWT(claims).encode();
    const key = signWith === 'foreign' ? this.keys.foreign : this.keys.own;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: signWith === 'unpublished' ? 'nowhere' : 'own' }).sign(key);
  }
}

async function makeKeys() {
  const own = await generateKeyPair('RS256', { extractable: true });
  const foreign = await generateKeyPair('RS256');
  return {
    own: own.privateKey,
    foreign: foreign.privateKey,
    jwk: { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
