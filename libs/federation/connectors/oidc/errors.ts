import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { FoyerError } from '@foyer/platform';

const wrong = (code: string, message: string, cause: unknown): FoyerError => new FoyerError('upstreamWrong', code, message, { cause });
/** Characters of what a provider says that are kept. */
const maxWords = 500;
const silent = (cause: unknown): FoyerError =>
  new FoyerError('upstreamSilent', 'idp.timeout', 'The identity provider does not answer.', { cause });
const refusedByPerson = new Set([
  'access_denied',
  'consent_required',
  'login_required',
  'interaction_required',
  'account_selection_required',
]);

/** What `openid-client` and the network threw, as an error of ours: a stable code and a public sentence; the original is the cause, for the log. */
export function translateError(error: unknown): FoyerError {
  const own = ownError(error);
  // Whether the outgoing request or `openid-client` looked at the clock first makes no difference to anybody.
  if (own) return own.code === 'outgoing.timeout' ? silent(own) : withoutAddress(own);
  if (error instanceof AuthorizationResponseError) {
    return refusedByPerson.has(error.error)
      ? new FoyerError('forbidden', 'idp.denied', 'The identity provider did not let you in.', { cause: wordsOf(error) })
      : wrong('idp.response.error', 'The identity provider answered with an error.', wordsOf(error));
  }
  if (error instanceof ResponseBodyError)
    return wrong('idp.token.refused', 'The identity provider refused to complete the login.', wordsOf(error));
  if (error instanceof ClientError) return fromClientError(error);
  return wrong('idp.response.invalid', 'The identity provider sent an answer that Foyer cannot use.', error);
}

/** What the provider itself said (RFC 6749 §4.1.2.1 and §5.2), which the message of `openid-client` leaves out. */
function wordsOf(error: AuthorizationResponseError | ResponseBodyError): Error {
  const words = error.error_description === undefined ? error.error : `${error.error} (${error.error_description})`;
  return new Error(`it said ${words.slice(0, maxWords)}`, { cause: error });
}

/** Applications read the sentence, and where an identity provider has its token endpoint is not their business: that stays in the cause. */
function withoutAddress(own: FoyerError): FoyerError {
  if (!own.code.startsWith('outgoing.')) return own;
  const silent = own.kind === 'upstreamSilent';
  const sentence = silent ? 'The identity provider does not answer.' : 'The identity provider cannot be used as it answers.';
  return new FoyerError(own.kind, own.code, sentence, { cause: own });
}

/** The error of ours that a request threw beneath `openid-client`, if any: refused target, time-out, too large. */
function ownError(error: unknown): FoyerError | undefined {
  for (let depth = 0, inner = error; depth < 5 && inner instanceof Error; depth += 1, inner = inner.cause) {
    if (inner instanceof FoyerError) return inner;
  }
  return undefined;
}

function fromClientError(error: ClientError): FoyerError {
  switch (error.code) {
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_ABORT':
      return silent(error);
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
      return wrong('idp.token.claim', 'The identity provider sent a token that is not for this login.', error);
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return wrong(
        'idp.token.expired',
        'The identity provider sent a token that is not valid at this time. Its clock may be wrong.',
        error,
      );
    case 'OAUTH_KEY_SELECTION_FAILED':
      return wrong('idp.token.key', 'The identity provider signed with a key that it does not publish.', error);
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return isAbout(error.cause, 'sub')
        ? wrong('idp.userinfo.subject', 'The identity provider told Foyer about somebody else.', error)
        : wrong('idp.issuer', 'The identity provider does not call itself by the configured issuer.', error);
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return wrong('idp.response.invalid', 'The identity provider sent an answer that Foyer cannot use.', error);
    default:
      return /signature/i.test(`${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`)
        ? wrong('idp.token.signature', 'The identity provider sent a token with a wrong signature.', error)
        : wrong('idp.response.invalid', 'The identity provider sent an answer that Foyer cannot use.', error);
  }
}

/** Whether the comparison that failed was of this attribute: `openid-client` says so in the innermost cause. */
function isAbout(cause: unknown, attribute: string): boolean {
  const inner = cause instanceof Error ? cause.cause : cause;
  return typeof inner === 'object' && inner !== null && 'attribute' in inner && inner.attribute === attribute;
}
