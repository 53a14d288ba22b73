/**
 * Why provisioning denies logins, and what an administrator changes about it. A reason that is missing here does not compile; every one has a text for
 * the person, too (`error.{reason}` in the messages of the pages).
 */
export const denialAdvice = {
  'account.disabled': 'Enable the user, if the person is to log in.',
  'account.expired': 'Change or remove the user’s expiry date (`expiresAt`), if the person is to log in.',
  'account.locked': 'Unlock the user (`locked`), if the person is to log in.',
  'account.missing':
    'The store has lost the account. Restore it there; or delete the user in Foyer, and the next login makes a new one under a new id.',
  'claim.absent':
    'Let the identity provider send the claim (its scopes, what it releases to Foyer), or change `onAbsent: fail` of the mapping to `keep` or `clear`.',
  'claim.malformed': 'The claim is not valid Unicode text. Mend it at the identity provider, or take its mapping away.',
  'claim.tooLarge': 'Map a smaller claim, or let the identity provider send less.',
  'claim.type': 'Map the claim to another attribute, or let the identity provider send it in the form that the attribute needs.',
  'consent.refused':
    'Nothing, if the person means it. To let such people in without an account, set `jit.onConsentRefused: admit`; or make the attribute of the purpose optional.',
  'issuer.malformed': 'Check the issuer in the settings of the identity provider.',
  'issuer.tooLong': 'The issuer of the identity provider is longer than Foyer keeps: it needs a shorter one.',
  'link.ambiguous': 'Make the matching rule exact (`jit.linking.match`), or remove the account that is there twice.',
  'link.email.accountUnverified':
    'Verify that the address of the existing account is the person’s, and set its `emailVerified`; or link by `prove-ownership`; or name the identity at the user.',
  'link.email.unverified':
    'Add the domain to `jit.trustedDomains`, if the identity provider may vouch for it, and let it send `email_verified: true`; or link by `prove-ownership`; or name the identity at the user.',
  'link.named': 'Set `jit.linking.existing: pre-provisioned` at the identity provider, or take the named identity away from the user.',
  'link.notProvable': 'The store keeps no passwords: link by `verified-email`, or name the identity at the user (`pre-provisioned`).',
  'link.privileged':
    'Accounts with privileged roles are never linked by e-mail: name the identity at the user, or link by `prove-ownership`.',
  'policy.username':
    'Let the identity provider send a name that fits, choose another claim as `claims.userId`, or change the store’s `usernamePattern`.',
  'provisioning.denied': 'The log of the server has the cause, under the id of the login.',
  'roles.tooLong': 'Let the identity provider send shorter roles, or choose another claim as `claims.roles`.',
  'roles.tooMany': 'Let the identity provider send only roles that matter to Foyer, or choose another claim as `claims.roles`.',
  'roles.type': 'Choose a claim as `claims.roles` that is a text or a list of texts.',
  'store.cannotCreate': 'Choose another store as `jit.userStore`, or create the account and name the identity at it (`pre-provisioned`).',
  'store.claim.unmapped': 'Add the value of the claim to `jit.userStore.map`, or set `otherwise`.',
  'store.disabled': 'Enable the user store, or choose another one as `jit.userStore`.',
  'store.failed': 'The store refused what it was asked to do. The log of the server has the cause, under the id of the login.',
  'store.readOnly': 'Let Foyer write to the store, set `jit.onFailure: admit`, or choose another store as `jit.userStore`.',
  'store.unavailable': 'Check that the store can be reached, and its `timeoutMs`. To let people in meanwhile, set `jit.onFailure: admit`.',
  'store.unknown': 'Configure the user store, or correct `jit.userStore`; for names of unknown domains, set `unknownDomain: primary`.',
  'store.unlisted': 'Add the domain to `jit.userStore.domains`, if the identity provider may reach it.',
  'subject.malformed': 'The identity provider names the person by an empty or invalid text: it has to be mended there.',
  'subject.tooLong': 'The identity provider names the person by a text that is longer than Foyer keeps: it has to be mended there.',
  'username.absent': 'Let the identity provider send the claim that `claims.userId` names, or choose another one.',
  'username.malformed': 'Choose a claim as `claims.userId` that has the form of a username: one text, without "/" or invisible characters.',
  'username.taken':
    'If the account is the person’s, link it: `jit.linking.existing`, or name the identity at the user. If not, let them choose another name: `jit.prompt: username+password+consent`.',
} as const satisfies Readonly<Record<string, string>>;

/** The stable code of a denial. */
export type DenialReason = keyof typeof denialAdvice;

export const isDenialReason = (code: string): code is DenialReason => Object.hasOwn(denialAdvice, code);
