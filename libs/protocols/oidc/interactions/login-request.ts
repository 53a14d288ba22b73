import type { Interaction } from 'oidc-provider';
import type { LoginRequest, ReleaseRequest } from '@foyer/login';
import { traceIdOf } from '@foyer/platform';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const numberOf = (value: unknown): number | undefined => {
  const text = textOf(value);
  return text === undefined ? undefined : Number(text);
};

/** What an authorization request does not say about itself. */
interface Circumstances {
  /** The application's name. */
  readonly application: string;
  readonly address: string;
  readonly traceparent: string | undefined;
  readonly now: number;
  readonly release?: ReleaseRequest;
}

/** The authorization request, as login understands it. */
export function loginRequestOf(
  interaction: Pick<Interaction, 'uid' | 'params'>,
  { application, address, traceparent, now, release }: Circumstances,
): LoginRequest {
  const { params } = interaction;
  const prompt = textOf(params.prompt);
  const maxAge = numberOf(params.max_age);
  const seconds = Math.floor(now / 1000);
  const anew = prompt?.split(' ').includes('login') ? seconds : maxAge === undefined ? undefined : seconds - maxAge;
  return {
    protocol: 'oidc',
    correlation: interaction.uid,
    application,
    forward: { prompt, acrValues: textOf(params.acr_values), loginHint: textOf(params.login_hint), maxAge },
    authenticatedSince: anew,
    identityProviderHint: textOf(params.idp_hint),
    ...(release && { release }),
    uiLocales: textOf(params.ui_locales)?.split(' ') ?? [],
    address,
    ...(traceIdOf(traceparent) !== undefined && { traceparent }),
  };
}
