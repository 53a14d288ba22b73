import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RelyingParty, type LoggedIn, type PendingLogin, type RequestParameters } from '../../apps/demo/application/relying-party.js';
import type { AdminClient } from './admin-client.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { applicationSettings, providerSettings } from './parties.js';
import { Site } from './site.js';

/** The password of `lena` in PRIMARY. */
export const lenasPassword = 'lenas-Password-1';
/** Of `olga`, whom nothing but her address is known by. */
export const olgasPassword = 'olgas-Password-1';
export const olgasEmail = 'o.l@people.example';

const userStores = [{ domain: 'PRIMARY', type: 'sql', policy: { usernamePattern: '^.{3,60}$' } }];
const profile = {
  name: 'profile',
  title: { en: 'Your profile', ar: 'ملفك الشخصي' },
  text: { en: 'So that your colleagues see who you are.', ar: 'لكي يعرف زملاؤك من أنت.' },
  retention: { en: 'As long as you work here.' },
  sharedWith: ['Acme Payroll Ltd'],
  attributes: [{ name: 'email', mandatory: true }, { name: 'givenName' }],
};

/** How the identity providers differ; each of them is the same scripted one. */
const kinds = {
  plain: {},
  consent: { prompt: 'consent', consentPurposes: ['profile'] },
  lenient: { prompt: 'consent', consentPurposes: ['profile'], onConsentRefused: 'admit' },
  password: { prompt: 'password+consent', consentPurposes: ['profile'] },
  everything: { prompt: 'username+password+consent' },
  prove: { linking: { existing: 'prove-ownership' } },
  'prove-by-email': { linking: { existing: 'prove-ownership', match: [{ claim: 'email', attribute: 'email' }] } },
} as const;
export type Kind = keyof typeof kinds;

/** Foyer with an identity provider of every kind that asks people something, and an application that all of them open. */
export class PromptingSite {
  private constructor(
    readonly site: Site,
    readonly idp: ScriptedProvider,
    /** Where the application takes over: it shows nothing, and its address tells what it was told. */
    readonly callback: string,
    private readonly portal: Server,
    private readonly party: RelyingParty,
    private readonly api: AdminClient,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<PromptingSite> {
    const idp = await ScriptedProvider.start();
    const portal = createServer((_request, response) => response.end('The portal'));
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
    const callback = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/callback`;
    const providers = Object.entries(kinds).map(([name, jit]) => providerSettings(name, idp.issuer, { jit: { enabled: true, ...jit } }));
    const login = { identityProviders: Object.keys(kinds), local: true };
    const client = { clientId: 'portal', clientSecret: 'secret of the portal' };
    const applications = [applicationSettings('portal', login, { oidc: { ...client, redirectUris: [callback] } })];
    const site = await Site.start({
      env,
      settings: { userStores, consentPurposes: [profile], identityProviders: providers, applications },
    });
    const api = await site.admin();
    await api.request('POST', '/users', { username: 'lena', password: lenasPassword });
    await api.request('POST', '/users', { username: 'olga', password: olgasPassword, attributes: { email: olgasEmail } });
    const addresses = { issuer: site.url, redirectUri: callback, postLogoutRedirectUri: callback };
    return new PromptingSite(
      site,
      idp,
      callback,
      portal,
      new RelyingParty({ ...addresses, ...client, scope: 'openid profile email' }),
      api,
    );
  }

  async close(): Promise<void> {
    this.portal.closeAllConnections();
    this.portal.close();
    await Promise.all([this.site.close(), this.idp.close()]);
  }

  /** Where the application sends a browser to log in. */
  request(parameters: RequestParameters = {}): Promise<{ redirectTo: string; pending: PendingLogin }> {
    return this.party.begin(parameters);
  }

  /** What the application learns once a browser is back. */
  finish(address: string, pending: PendingLogin): Promise<LoggedIn> {
    return this.party.complete(new URL(address), pending);
  }

  /** Who logs in next at the identity provider. */
  next(name: string): void {
    const claims = { preferred_username: name, given_name: 'Anna', email: `${name}@acme.example`, email_verified: true };
    this.idp.nextPerson = { sub: `subject-of-${name}`, claims };
  }

  /** The users of a name in PRIMARY. */
  users(username: string): ReturnType<AdminClient['list']> {
    return this.api.list(`/users?username=${encodeURIComponent(username)}`);
  }

  /** How many accounts there are. */
  async count(): Promise<unknown> {
    return (await this.api.get('/users?limit=1'))['total'];
  }

  /** An administrator changes an object. */
  async change(path: string, change: object): Promise<void> {
    const { status, body } = await this.api.patch(path, change);
    if (status !== 200) throw new Error(`PATCH ${path} answered ${status}: ${JSON.stringify(body)}`);
  }

  /** What an administrator sees of a login. */
  login(id: string): ReturnType<AdminClient['get']> {
    return this.api.get(`/logins/${id}`);
  }

  journal(loginId: string): ReturnType<AdminClient['list']> {
    return this.api.list(`/journal?loginId=${loginId}`);
  }
}
