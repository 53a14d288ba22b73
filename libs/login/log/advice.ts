import { denialAdvice, isDenialReason } from '@foyer/provisioning';

/** What an administrator changes about a login that ended otherwise than by provisioning, by its code. */
const byCode: ReadonlyMap<string, string> = new Map([
  [
    'claims.missing',
    'Let the identity provider send the claim and map it, write it into the account, or take it out of `claims.mandatory` of the application.',
  ],
  ['consent.application.refused', 'Nothing, if the person means it. To ask nobody, set `consent: implicit` at the application.'],
  ['idp.denied', 'The identity provider refused the person, or they cancelled there: its own log has the reason.'],
  ['idp.issuer', 'Set `oidc.issuer` to exactly what the identity provider’s metadata says.'],
  ['idp.privateKey', 'Set a valid `oidc.privateKey`.'],
  ['idp.response.error', 'The identity provider answered with an error: the detail has it, and its own log has the reason.'],
  ['idp.timeout', 'Check that Foyer can reach the identity provider, and its `oidc.timeoutMs`.'],
  ['idp.token.expired', 'Set the clocks of both servers right, or raise `oidc.clockSkewSeconds`.'],
  ['idp.token.key', 'Check that the identity provider publishes the key that it signs with.'],
  [
    'idp.token.refused',
    'Check `oidc.clientId`, `oidc.clientSecret` and `oidc.clientAuthentication`, and that the identity provider knows Foyer’s redirect URI.',
  ],
  [
    'idp.token.signature',
    'Check that the identity provider publishes the key that it signs with, and that nobody stands between it and Foyer.',
  ],
  ['login.cancelled', 'Nothing: the person went back to the application.'],
  ['login.expired', 'Nothing, if it happens seldom; `FOYER_LIFETIME_LOGIN` says how long a login may take.'],
  [
    'login.noProvider',
    'Enable an identity provider that the application allows, or add one to its `login.identityProviders`, or allow `login.local`.',
  ],
  ['login.providerGone', 'Enable the identity provider, and list it in `login.identityProviders` of the application, if it may open it.'],
  [
    'login.reauthentication.unproven',
    'Let the identity provider send `auth_time`, or let the application ask without `max_age` and `prompt=login`.',
  ],
  ['login.signedOut', 'Nothing: the person signed out in the meantime.'],
  ['provisioning.contended', 'Nothing, if it happens seldom: several requests changed the account at the same moment.'],
]);

/** What an administrator changes where the code alone does not say it, by the step that ended the login. */
const byStep: ReadonlyMap<string, string> = new Map([
  ['choose-provider', 'Check the settings of the application and of the identity providers that it allows.'],
  ['authenticate-externally', 'Compare the settings of the identity provider with its metadata; the detail says what did not fit.'],
]);

const otherwise = 'The log of the server has the cause, under the id of the login.';

export const adviceFor = (code: string, step: string): string =>
  isDenialReason(code) ? denialAdvice[code] : (byCode.get(code) ?? byStep.get(step) ?? otherwise);
