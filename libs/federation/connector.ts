/** What a connector returns: who somebody is, as one external identity provider verified it. Neutral to protocols. */
export interface ExternalIdentity {
  /** The issuer as verified in the token or assertion: not the configured one. At most 512 characters. */
  readonly issuer: string;
  /** At most 255 characters, compared byte for byte. */
  readonly subject: string;
  /** Verified claims by their external names, without those of the protocol (`iss`, `aud`, `exp`, `nonce`, …). */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly evidence: Evidence;
}

/** How and when the external identity provider recognised the person. */
export interface Evidence {
  /** Seconds since the epoch, when the provider says so (`auth_time`, OpenID Connect Core §2). */
  readonly authTime?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** The provider's own session (`sid`, `SessionIndex`). */
  readonly sessionIndex?: string;
}

/** An identity provider as a connector sees it: `settings` are the connector's own, checked by its schema, with secrets in the clear. */
export interface ConnectorTarget<TSettings> {
  readonly id: string;
  readonly name: string;
  readonly settings: TSettings;
}

/** What an application asked for and the identity provider should hear of, as far as the provider's `forward` setting lets it. */
export interface ForwardedRequest {
  readonly prompt?: string;
  readonly acrValues?: string;
  readonly loginHint?: string;
  /** Seconds. */
  readonly maxAge?: number;
}

export interface BeginInput {
  /** Unguessable, unique for this attempt, kept by the caller: what the answer is found by. */
  readonly state: string;
  /** Where the provider sends the person back to. */
  readonly callbackUrl: string;
  readonly forward: ForwardedRequest;
}

export interface BeginResult {
  /** Where the browser goes now. */
  readonly redirectTo: string;
  /** JSON that the caller keeps with the login and hands to `complete`: nonce, PKCE verifier. */
  readonly exchange: Readonly<Record<string, string | number>>;
}

export interface CompleteInput {
  readonly state: string;
  readonly callbackUrl: string;
  readonly exchange: Readonly<Record<string, string | number>>;
  /** The claims that mappings read: a connector may ask the provider further (userinfo) for those that the first answer lacks. */
  readonly wantedClaims: readonly string[];
  /** The parameters of the answer, parsed and size-limited by the caller. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Speaks one protocol to identity providers. It keeps no state of a login: the caller does.
 * Failures are `FoyerError`s of kind `upstreamWrong` (502), `upstreamSilent` (504) or `forbidden` (403, the provider refused the person),
 * with codes such as `idp.response.error`, `idp.token.signature`, `outgoing.unreachable`; the details are their cause, for the log.
 */
export interface Connector<TSettings> {
  readonly protocol: string;
  begin(target: ConnectorTarget<TSettings>, input: BeginInput): Promise<BeginResult>;
  complete(target: ConnectorTarget<TSettings>, input: CompleteInput): Promise<ExternalIdentity>;
}
