import type { KoaContextWithOIDC } from 'oidc-provider';
import { personOf } from '../accounts/accounts.js';
import type { OidcClients } from '../clients/oidc-client.js';
import { interactionPolicy } from '../provider/oidc-provider.js';
import type { Admission } from './admission.js';
import type { ImplicitGrants } from './implicit-grants.js';
import type { ReleaseChecks } from './release-request.js';

const { base, Check, Prompt } = interactionPolicy;

interface PolicyParts {
  readonly clients: OidcClients;
  readonly admission: Admission;
  readonly grants: ImplicitGrants;
}

/**
 * When a request needs a login, and what happens when it does not: `login` adds to the checks of OpenID Connect those of Foyer; `select_account`
 * is a login, too; `consent` is what the person has to be asked before the application learns something; `grant` never asks but records what is
 * granted.
 */
export function policyFor({ clients, admission, grants }: PolicyParts, releases: ReleaseChecks): interactionPolicy.DefaultPolicy {
  const policy = base();
  const login = policy.get('login');
  if (!login) throw new Error('oidc-provider has no prompt "login"');
  login.checks.add(
    new Check('session_not_admitted', 'the session may not open this application', 'login_required', (ctx) =>
      isRefused(ctx, clients, admission),
    ),
  );
  login.checks.add(new Check('auth_time_unproven', 'when the person logged in is not proven', 'login_required', isUnproven));

  const grant = new Prompt({ name: 'grant' });
  grant.checks.add(
    new Check('grant_recorded', 'what is asked for is granted', async (ctx) => {
      await grants.record(ctx);
      return Check.NO_NEED_TO_PROMPT;
    }),
  );

  policy.clear();
  policy.add(login);
  policy.add(new Prompt({ name: 'select_account', requestable: true }));
  policy.add(consentPrompt(releases));
  policy.add(grant);
  return policy;
}

function consentPrompt(releases: ReleaseChecks): interactionPolicy.Prompt {
  const consent = new Prompt({ name: 'consent', requestable: true });
  consent.checks.add(
    new Check('not_agreed', 'the person has not agreed to what the application asks for', 'consent_required', async (ctx) => {
      return (await releases.due(ctx))?.consent !== undefined;
    }),
  );
  consent.checks.add(
    new Check('claims_missing', 'the person has not told what the application must know', 'interaction_required', async (ctx) => {
      return ((await releases.due(ctx))?.missing ?? []).length > 0;
    }),
  );
  return consent;
}

/** The account is gone or disabled, or the application does not allow the way in which the person logged in. */
function isRefused(ctx: KoaContextWithOIDC, clients: OidcClients, admission: Admission): boolean {
  const { session, account, client } = ctx.oidc;
  if (session?.accountId === undefined) return Check.NO_NEED_TO_PROMPT;
  const person = personOf(account);
  const application = client && clients.find(client.clientId)?.application;
  return person === undefined || application === undefined || !admission.mayOpen(application, person.authentication);
}

/** `max_age` is about a time that somebody vouches for; a login that just ended was judged by login itself. */
function isUnproven(ctx: KoaContextWithOIDC): boolean {
  const { params, account, result } = ctx.oidc;
  return params?.max_age !== undefined && !result?.login && personOf(account)?.authentication.authTimeProven === false;
}
