import type { Application } from '@foyer/applications';
import type { PageSample } from '@foyer/platform';
import type { ReleaseTurn } from '../step.js';
import { releaseData } from './release-data.js';

const application: Application = {
  ...{
    id: 'intranet',
    name: 'intranet',
    displayName: 'Intranet',
    enabled: true,
    protocol: 'oidc',
    consent: 'ask',
    assertIdentity: 'local',
  },
  ...{ version: 1, createdAt: 0, updatedAt: 0 },
  login: { identityProviders: ['acme'], local: false },
  claims: { requested: ['phoneNumber', 'birthdate'], mandatory: ['phoneNumber', 'birthdate'], idToken: [] },
  oidc: {
    ...{ clientId: 'intranet', clientAuthentication: 'none', redirectUris: ['https://intranet.example/callback'] },
    ...{ postLogoutRedirectUris: [], grantTypes: ['authorization_code'], resources: [] },
    ...{ subjectType: 'public', idTokenAlg: 'RS256', requirePushedRequests: false },
  },
};

const facts = {
  ...{
    displayName: 'Anna Lindqvist',
    givenName: 'Anna',
    familyName: 'Lindqvist',
    email: 'anna.lindqvist@acme.example',
    emailVerified: true,
  },
  ...{ roles: ['developer', 'reviewer'], updatedAt: Date.UTC(2026, 2, 2, 8, 14) / 1000 },
};

const consent = ['displayName', 'email', 'emailVerified', 'roles', 'updatedAt', 'locale', 'zoneinfo'];
const missing = application.claims.mandatory;
const turn = (due: Omit<ReleaseTurn['due'], 'application'>, rest: Partial<ReleaseTurn> = {}): ReleaseTurn => ({
  ...{ kind: 'release', facts, keepable: true, due: { application, ...due } },
  ...rest,
});

const states: Readonly<Record<string, ReleaseTurn>> = {
  'asks for consent': turn({ consent: [...consent, 'offline_access'], missing: [] }),
  'asks for what is missing': turn({ missing }),
  'asks for both': turn({ consent: [...consent, ...missing], missing }),
  'with mistakes': turn(
    { missing },
    {
      answer: { typed: { phoneNumber: 'later', birthdate: '' }, keep: true },
      mistakes: { fields: { phoneNumber: 'release.error.tel', birthdate: 'release.error.missing' } },
    },
  ),
  'cannot be kept': turn(
    { missing: ['phoneNumber'] },
    {
      answer: { typed: { phoneNumber: '+46 70 123 45 67' }, keep: true },
      mistakes: { page: { message: 'release.error.notKept', status: 503 }, fields: {} },
    },
  ),
};

/** @param around what every page of a login has */
export const releaseSamples = (around: Readonly<Record<string, unknown>>): (PageSample & { readonly template: 'release' })[] =>
  Object.entries(states).map(([state, shown]) => ({ template: 'release', state, data: { ...around, ...releaseData(shown) } }));
