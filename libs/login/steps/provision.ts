import { loginContext, type ExternalIdentity } from '@foyer/federation';
import type { Answers, ProvisionInput, ProvisionResult } from '@foyer/provisioning';
import { FoyerError, type Clock } from '@foyer/platform';
import { AccountDenied } from '../account-denied.js';
import type { Authentication } from '../contract.js';
import type { Provisioner } from '../directories.js';
import type { Openings } from '../openings.js';
import type { LoginInput, PromptTurn, Step } from '../step.js';

/**
 * Lets provisioning decide about the account of the external identity, and notes who the login is about. While there are questions for the person,
 * the step stays due: each request plans anew, and the passwords of an answer exist only in the request that brings them.
 */
export const provision =
  (openings: Openings, provisioner: Provisioner, clock: Clock): Step =>
  async (login, input) => {
    const { identity, choice, request } = login;
    const chosen = choice?.kind === 'external' ? choice.identityProvider : undefined;
    if (identity === undefined || chosen === undefined) throw new Error(`Login ${login.id}: nobody to provision`);
    const identityProvider = openings.provider(request.application, chosen.id);
    if (!identityProvider)
      throw new FoyerError('forbidden', 'login.providerGone', 'The identity provider may no longer open the application.');
    const answered = answeredBy(input);
    const result = await provisioner.provision({
      ...{ loginId: login.id, identityProvider, identity, ...answered },
      ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
    });
    if (result.kind === 'prompt') return { turn: { kind: 'prompt', asks: result.asks, ...typedIn(answered?.answers) } };
    const authentication: Authentication = {
      loginId: login.id,
      ...person(result),
      identityProvider: chosen,
      externalSubject: identity.subject,
      ...loginContext(identity, identityProvider.claims.mappings),
      ...authTimeOf(identity, clock),
    };
    return { stores: { authentication } };
  };

function answeredBy(input: LoginInput): Pick<ProvisionInput, 'answers' | 'language' | 'address'> | undefined {
  if (input.kind !== 'prompt') return undefined;
  const { answers, language, address } = input;
  return { answers, language, address };
}

/** What the page shows again. */
function typedIn(answers: Answers | undefined): Pick<PromptTurn, 'typed'> {
  if (!answers) return {};
  const { username, ownershipUsername, consent } = answers;
  const names = { ...(username !== undefined && { username }), ...(ownershipUsername !== undefined && { ownershipUsername }) };
  return { typed: { ...names, ...(consent && { consent }) } };
}

type Decided = Exclude<ProvisionResult, { readonly kind: 'prompt' }>;

function person(result: Decided): Pick<Authentication, 'subject' | 'account' | 'attributes' | 'external' | 'deferred'> {
  switch (result.kind) {
    case 'account':
      return {
        subject: result.subject,
        account: true,
        attributes: {},
        external: result.mapped,
        ...(result.deferred && { deferred: true }),
      };
    case 'claims':
      return { subject: result.subject, account: false, attributes: result.mapped.attributes, external: result.mapped };
    case 'denied':
      throw new AccountDenied(result.code, result.reason, result.userId);
  }
}

/** A provider's clock that is ahead must not make a login look newer than it is. */
function authTimeOf({ evidence: { authTime } }: ExternalIdentity, clock: Clock): Pick<Authentication, 'authTime' | 'authTimeProven'> {
  const now = Math.floor(clock.now() / 1000);
  return { authTime: Math.min(authTime ?? now, now), authTimeProven: authTime !== undefined };
}
