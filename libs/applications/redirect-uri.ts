import { isLoopbackHost } from '@foyer/platform';

/** A scheme of an app's own has a dot, such as `com.example.app:/callback` (RFC 8252 §7.1): so it is never `javascript:` or `data:`. */
const ownScheme = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;

/**
 * Why a redirect URI cannot be registered, or undefined. It is compared character by character, so it is absolute and has no fragment
 * (RFC 6749 §3.1.2), and it is https, or http on this machine (RFC 8252 §7.3), or, for a public client, a scheme of the app's own.
 */
export function redirectUriProblem(uri: unknown, publicClient: boolean): string | undefined {
  if (typeof uri !== 'string') return undefined;
  if (!URL.canParse(uri) || /[\s*\\]/.test(uri)) return 'must be an absolute URI without blanks and wildcards';
  const url = new URL(uri);
  if (uri.includes('#')) return 'must not have a fragment';
  if (url.username !== '' || url.password !== '') return 'must not have a user name or password';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:') return isLoopbackHost(url.hostname) ? undefined : 'must be https: plain http is for this machine only';
  if (!ownScheme.test(url.protocol)) return 'must be https, http on this machine, or a scheme with a dot such as com.example.app:/callback';
  return publicClient ? undefined : 'must be https: a scheme of its own is for public clients (clientAuthentication none)';
}
