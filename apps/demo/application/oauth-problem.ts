import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';

/** What went wrong, in words for the person and in those of OAuth. */
export interface OAuthProblem {
  /** What happened and what to do now. */
  readonly advice: string;
  readonly error: string;
  readonly description?: string;
}

const advice: Readonly<Record<string, string>> = {
  access_denied: 'You were not let in, or you cancelled. You can try again, or log in as somebody else.',
  login_required: 'You would have to log in for that. Log in first.',
  consent_required: 'You would have to agree to something for that. Log in first.',
  interaction_required: 'A question would have to be put to you for that. Log in first.',
  temporarily_unavailable: 'The login service is busy or a part of it is down. Try again in a minute.',
  server_error: 'The login service had a problem of its own. Try again; if it stays, tell its administrator.',
  invalid_grant: 'That answer was used already or is too old. Log in again.',
  invalid_client: 'The login service does not accept this application: its client secret may be wrong.',
};

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `openid-client` says what failed, its cause says why. */
function explain(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? `${message(error)} (${cause.message})` : message(error);
}

/** An error of the OAuth answer, or of whatever else kept the login from working. */
export function describeProblem(error: unknown): OAuthProblem {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    return {
      advice: advice[error.error] ?? 'The login did not work. Try again.',
      error: error.error,
      description: error.error_description,
    };
  }
  return { advice: 'The login could not be checked, so it does not count. Try again.', error: 'login_failed', description: explain(error) };
}
