import type { PageSample } from '@foyer/platform';
import type { PageContent, PageData } from './page-writer.js';
import { promptSamples } from './prompt-samples.js';
import { releaseSamples } from './release-samples.js';
import { samplePurpose } from './sample-purpose.js';

type Sample = PageSample & Pick<PageContent, 'template'>;

const loginId = '019a2f4e-7c1b-7d3e-9f60-2b8a4c5d6e7f';
const application = 'Intranet';
const csrf = 'sample';

const provider = (name: string, displayName: string) => ({ name, displayName, initial: displayName.slice(0, 1) });
const acme = provider('acme', 'Acme Corp');
const university = provider('university', 'University of Lund');

const signIn = (state: string, data: PageData): Sample => ({
  template: 'sign-in',
  state,
  data: {
    title: 'signIn.title',
    action: `/login/${loginId}`,
    loginId,
    csrf,
    application,
    providers: [],
    email: false,
    local: false,
    ...data,
  },
});

const everyWay = { providers: [acme, university], email: true, local: true };

const problem = (state: string, status: number, text: readonly string[], facts: PageData & { readonly code: string }): Sample => ({
  template: 'problem',
  state,
  data: {
    title: 'problem.title',
    heading: [`problem.heading.${facts.code}`, `problem.heading.${status}`, 'problem.heading.500'],
    text,
    ...facts,
  },
});

const back = { loginId, application, csrf, returnAction: `/login/${loginId}/return`, returnLabel: 'problem.return' };

const account = {
  title: 'account.title',
  wide: true,
  csrf,
  subject: '019a2f4e-9d20-7a61-8c3b-5f1e0d2c4b6a',
  sessions: [
    { sessionId: '1', label: 'account.sessionCurrent', startedAt: Date.UTC(2026, 2, 2, 8, 14), applications: ['Intranet', 'Payroll'] },
    { sessionId: '2', label: 'account.session', startedAt: Date.UTC(2026, 1, 27, 17, 40), applications: [] },
  ],
};

const detail = (name: string) => ({ name, label: [`attribute.${name}`, 'attribute.other'] });

const facts = [
  { ...detail('displayName'), value: 'Anna Lindqvist', origin: 'account.origin.idp', provider: 'Acme Corp' },
  { ...detail('email'), value: 'anna@acme.example', origin: 'account.origin.idp', provider: 'Acme Corp' },
];

/** The pages of logins and of `/account`, each in every state in which it looks different. Whoever adds a page or a state adds it here. */
export const loginPageSamples: readonly Sample[] = [
  signIn('one provider', { providers: [acme] }),
  signIn('several providers', { providers: [acme, university], email: true }),
  signIn('providers, e-mail and password', everyWay),
  signIn('password only', { local: true }),
  signIn('password does not match', { ...everyWay, username: 'anna', error: 'signIn.error.credentials' }),
  signIn('too many failures', { local: true, username: 'anna', error: 'signIn.error.tooMany' }),
  signIn('unknown organisation', { ...everyWay, emailValue: 'anna@nowhere.example', emailError: 'signIn.error.realm' }),

  ...promptSamples({ ...back, action: `/login/${loginId}`, provider: acme.displayName }),

  ...releaseSamples({ ...back, action: `/login/${loginId}` }),

  problem('denied', 403, ['error.idp.denied'], { code: 'idp.denied', ...back }),
  problem('account is locked', 403, ['error.account.locked'], { code: 'account.locked', ...back }),
  problem('provider answers wrongly', 502, ['error.kind.upstreamWrong'], { code: 'idp.token.signature', ...back }),
  problem('provider is silent', 504, ['error.kind.upstreamSilent'], { code: 'idp.timeout', ...back }),
  problem('already used, and answered', 400, ['error.login.repeated'], {
    code: 'login.repeated',
    ...back,
    returnLabel: 'problem.continue',
  }),
  problem('another browser', 400, ['error.login.otherBrowser'], {
    code: 'login.otherBrowser',
    ...{ loginId, application, returnAddress: 'https://intranet.example/', returnLabel: 'problem.return' },
  }),
  problem('no such page', 404, ['error.kind.notFound'], { code: 'route.notFound' }),
  problem('too many attempts', 429, ['error.kind.tooMany'], { code: 'rate.limited' }),

  { template: 'signed-out', state: 'signed out', data: { title: 'signedOut.title' } },

  {
    template: 'account',
    state: 'with an account',
    data: {
      ...account,
      ...{
        account: true,
        name: 'Anna Lindqvist',
        lead: 'account.lead',
        username: 'anna',
        userStore: 'PRIMARY',
        createdAt: Date.UTC(2025, 10, 20, 9, 3),
      },
      ...{ roles: ['developer', 'reviewer'], groups: ['engineering'] },
      attributes: [
        ...facts,
        { ...detail('country'), value: 'SE', origin: 'account.origin.constant', provider: 'Acme Corp' },
        { ...detail('phoneNumber'), value: '+46 70 123 45 67', origin: 'account.origin.self' },
        { ...detail('locale'), value: 'sv', origin: 'account.origin.local' },
      ],
      links: [
        { id: loginId, provider: 'Acme Corp', subject: 'f3a1c8d2-anna', removable: true },
        { id: csrf, provider: 'University of Lund', subject: 'anna.lindqvist@lu.example', unused: true, removable: true },
      ],
      kept: [
        {
          ...{
            id: loginId,
            title: samplePurpose.title,
            state: 'account.consent.accepted',
            givenAt: Date.UTC(2025, 10, 20, 9, 3),
          },
          ...{ details: ['givenName', 'email'].map(detail), revocable: true },
        },
        {
          id: csrf,
          title: 'consent.account.title',
          provider: 'University of Lund',
          state: 'account.consent.revoked',
          givenAt: Date.UTC(2025, 10, 21),
        },
      ],
      told: [
        { applicationId: loginId, application: 'Payroll', givenAt: Date.UTC(2026, 0, 7, 8, 0), details: ['email', 'groups'].map(detail) },
      ],
    },
  },
  {
    template: 'account',
    state: 'with one way in',
    data: {
      ...account,
      ...{
        account: true,
        name: 'anna',
        lead: 'account.lead',
        username: 'anna',
        userStore: 'PRIMARY',
        createdAt: Date.UTC(2025, 10, 20, 9, 3),
      },
      links: [{ id: loginId, provider: 'Acme Corp', subject: 'f3a1c8d2-anna', removable: false }],
    },
  },
  ...(['removable', 'the last way in'] as const).map((state): Sample => ({
    template: 'unlink',
    state,
    data: {
      ...{ title: 'account.unlink.title', provider: 'Acme Corp', subject: 'f3a1c8d2-anna', action: `/account/links/${loginId}`, csrf },
      ...{ removable: state === 'removable', signsOut: true },
    },
  })),
  {
    template: 'account',
    state: 'without an account',
    data: { ...account, account: false, name: 'Anna Lindqvist', lead: 'account.leadNoAccount', attributes: facts },
  },
];
