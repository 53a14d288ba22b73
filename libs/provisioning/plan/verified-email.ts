import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import { emailKey } from '@foyer/userstores';

/**
 * Whether the identity provider verified the address in its claim `email`, and may: the address lies inside its `trustedDomains`. `email_verified`
 * speaks of the claim `email` (OpenID Connect Core §5.1) and of no other claim that holds an address.
 */
export function emailIsVerified({ claims }: Pick<ExternalIdentity, 'claims'>, provider: IdentityProvider): boolean {
  if (typeof claims.email !== 'string') return false;
  if (claims.email_verified !== true && claims.email_verified !== 'true') return false;
  const domain = emailDomain(claims.email);
  return domain !== undefined && provider.jit.trustedDomains.some((trusted) => emailKey(trusted) === domain);
}

/** The domain of a plain address, as addresses are compared; undefined for anything with quotes, comments or several addresses in it. */
function emailDomain(address: string): string | undefined {
  const domain = /^[^\s@<>(),;:"\\[\]]+@([^\s@<>(),;:"\\[\]]+)$/.exec(address)?.[1];
  return domain === undefined ? undefined : emailKey(domain);
}
