import type { LoggedIn } from '../../apps/demo/application/relying-party.js';
import type { Browser } from '../../apps/demo/browserless/index.js';
import { ScriptedProvider, type ScriptedPerson } from '../support/scripted-provider.js';
import type { AdminAnswer, AdminClient } from './admin-client.js';
import { Application, applicationSettings, codeOn, newBrowser, providerSettings, type Asked } from './parties.js';
import { Site } from './site.js';

export interface JustInTimeSettings {
  /** By name: what differs from {@link providerSettings}; in `oidc`, besides who they are. All of them are the same scripted provider. */
  readonly providers: Readonly<Record<string, { readonly oidc?: object; readonly [section: string]: unknown }>>;
  /** Whatever else stands in the YAML. */
  readonly settings?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** Foyer with identity providers that differ in their settings, and an application, the portal, that all of them open. */
export class JustInTimeSite {
  private constructor(
    readonly site: Site,
    readonly idp: ScriptedProvider,
    readonly api: AdminClient,
    readonly portal: Application,
  ) {}

  static async start({ providers, settings = {}, env = {} }: JustInTimeSettings): Promise<JustInTimeSite> {
    const idp = await ScriptedProvider.start();
    const client = { issuer: idp.issuer, clientId: 'foyer', clientSecret: 'secret of Foyer' };
    const identityProviders = Object.entries(providers).map(([name, { oidc, ...changes }]) =>
      providerSettings(name, idp.issuer, { ...changes, oidc: { ...client, ...oidc } }),
    );
    const login = { identityProviders: Object.keys(providers), local: true };
    const applications = [applicationSettings('portal', login, { claims: { requested: ['roles', 'groups'] } })];
    try {
      const site = await Site.start({ env, settings: { identityProviders, applications, ...settings } });
      return new JustInTimeSite(site, idp, await site.admin(), new Application(site, 'portal'));
    } catch (error) {
      await idp.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.site.close(), this.idp.close()]);
  }

  /** Sends somebody to log in by a provider, which says who they are. They arrive at the portal, at a page that asks, or at one that denies. */
  ask(provider: string, who: ScriptedPerson, browser: Browser = newBrowser()): Promise<Asked> {
    this.idp.nextPerson = who;
    return this.portal.ask(browser, { idp_hint: provider });
  }

  async logIn(provider: string, who: ScriptedPerson): Promise<LoggedIn> {
    return this.portal.redeem(await this.ask(provider, who));
  }

  /** The page of a login that does not get further without an answer. */
  async denial(provider: string, who: ScriptedPerson): Promise<{ status: number; code: string | undefined }> {
    const { page } = await this.ask(provider, who);
    return { status: page.status, code: codeOn(page) };
  }

  /** An account that is there before anybody logs in. @returns its id */
  async addUser(username: string, body: object = {}): Promise<string> {
    const created = await this.api.request('POST', '/users', { username, ...body });
    if (created.status !== 201) throw new Error(`POST /users answered ${created.status}: ${JSON.stringify(created.body)}`);
    return String(created.body['id']);
  }

  user(id: unknown): Promise<AdminAnswer['body']> {
    return this.api.get(`/users/${String(id)}`);
  }

  /** The journal's latest entry about a login at a provider. */
  async lastEntry(provider: string): Promise<AdminAnswer['body']> {
    const [latest] = await this.api.list(`/journal?identityProvider=${provider}&limit=1`);
    return this.api.get(`/journal/${String(latest?.['id'])}`);
  }

  /** Steps of one type in that entry. */
  async steps(provider: string, type: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { plan } = (await this.lastEntry(provider)) as { readonly plan: { readonly steps: readonly Record<string, unknown>[] } };
    return plan.steps.filter((step) => step['type'] === type);
  }
}

export const person = (name: string, claims: ScriptedPerson['claims'] = {}): ScriptedPerson => ({
  sub: `subject-of-${name}`,
  claims: { preferred_username: name, ...claims },
});
