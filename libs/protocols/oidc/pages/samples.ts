import type { PageSample } from '@foyer/platform';

/** The pages that `oidc-provider` shows to people, in every state in which they look different. */
export const oidcPageSamples: readonly PageSample[] = [
  {
    template: 'sign-out',
    state: 'asks first',
    data: { title: 'signOut.title', action: '/oauth2/logout/confirm', hidden: [{ name: 'xsrf', value: 'sample' }] },
  },
  {
    template: 'problem',
    state: 'bad request of an application',
    data: {
      title: 'problem.title',
      heading: 'problem.heading.400',
      text: ['error.oidc.invalid_redirect_uri', 'error.kind.invalid'],
      code: 'oidc.invalid_redirect_uri',
      detail: "redirect_uri did not match any of the client's registered redirect_uris",
    },
  },
];
