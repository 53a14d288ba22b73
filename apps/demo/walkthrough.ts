import { isDeepStrictEqual } from 'node:util';
import { AdminApi, isAdminUser, type AdminUser } from './admin-api.js';
import { Browser, type BrowserPage } from './browserless/index.js';
import type { Demo } from './demo.js';
import type { Person } from './identity-provider/index.js';

/** Prints one line per step, and stops at the first that fails. */
export type Print = (line: string) => void;

interface Claims {
  readonly idToken: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
}

export function must(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise);
}

export const indented = (value: unknown): string => JSON.stringify(value, undefined, 2).replace(/^/gm, '    ');

function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && 'idToken' in value && 'userinfo' in value;
}

/** Goes through the demo as a person would, in a browser without a window, and checks what everybody then knows. */
export class Walkthrough {
  constructor(
    private readonly demo: Demo,
    private readonly print: Print,
  ) {}

  /** @throws Error that says what was expected and what came instead */
  async run(person: Person): Promise<void> {
    const first = new Browser();
    await this.logIn(first, person);
    const claims = await this.showClaims(first, person);
    const api = await AdminApi.authenticate(this.demo.foyer.url, this.demo.secrets.adminClientSecret);
    this.print('✓ foyer-admin got an access token for the admin API');
    const account = await this.showAccount(api, person);
    must(claims.idToken['sub'] === account.id, `The application saw the subject ${claims.idToken['sub']}, the account is ${account.id}`);
    this.print('✓ The subject that the application saw is the id of the account');
    await this.visitAccountPage(first, person);

    this.print('');
    const second = new Browser();
    await this.logIn(second, person);
    const again = await this.claims(second);
    must(again.idToken['sub'] === account.id, `The second login came as ${again.idToken['sub']}, the first as ${account.id}`);
    this.print(`✓ A fresh browser, the same person: the same subject, ${account.id}`);
    const unchanged = await this.account(api, person);
    must(isDeepStrictEqual(unchanged.links, account.links) && unchanged.id === account.id, `The account changed:\n${indented(unchanged)}`);
    this.print('✓ There is still one account, with one link');
  }

  /** @returns the subject that the application was told */
  async logInAndShowClaims(browser: Browser, person: Person): Promise<string> {
    await this.logIn(browser, person);
    return String((await this.showClaims(browser, person)).idToken['sub']);
  }

  private async logIn(browser: Browser, { username, password, claims }: Person): Promise<void> {
    const { foyer, identityProvider, application } = this.demo;
    const welcome = await browser.open(application.url);
    this.print(`✓ ${application.url} offers “Log in” (${welcome.title})`);
    const form = await browser.click(welcome, 'Log in');
    must(this.passed(browser, `${foyer.url}/oauth2/authorize`), `The application did not send the browser to Foyer: ${form.describe()}`);
    must(
      form.url.startsWith(`${identityProvider.issuer}/login/`),
      `Foyer did not lead to the login form of the provider: ${form.describe()}`,
    );
    this.print(`✓ It leads through Foyer, ${foyer.url}, to the login form of ${identityProvider.issuer}`);
    const shown = await browser.press(form, 'Log in', { username, password });
    must(
      this.passed(browser, `${foyer.url}/federation/oidc/callback/demo-idp`),
      `The provider did not send the browser to Foyer: ${shown.describe()}`,
    );
    must(shown.url === `${application.url}/` && shown.status === 200, `The login did not end at the application: ${shown.describe()}`);
    must(
      shown.title.includes(`Hello ${String(claims['name'])}`),
      `The application does not greet ${String(claims['name'])}: ${shown.describe()}`,
    );
    this.print(`✓ ${username} logs in there, comes back through Foyer, and the application says “${shown.title.split(' · ')[0]}”`);
  }

  private passed(browser: Browser, address: string): boolean {
    return browser.history.some(({ url }) => url.startsWith(address));
  }

  private async claims(browser: Browser): Promise<Claims> {
    const page: BrowserPage = await browser.open(`${this.demo.application.url}/claims.json`);
    const claims: unknown = page.status === 200 ? page.json() : undefined;
    must(isClaims(claims), `The application shows no claims: ${page.describe()}`);
    return claims;
  }

  private async showClaims(browser: Browser, person: Person): Promise<Claims> {
    const claims = await this.claims(browser);
    must(claims.idToken['iss'] === this.demo.foyer.url, `The ID token is not from Foyer: ${JSON.stringify(claims.idToken)}`);
    for (const name of ['preferred_username', 'given_name', 'family_name', 'email', 'department']) {
      const [got, expected] = [claims.userinfo[name], person.claims[name]];
      must(got === expected, `userinfo has ${name} ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`);
    }
    this.print(`✓ The application got these claims:\n${indented(claims)}`);
    return claims;
  }

  private async account(api: AdminApi, { username }: Person): Promise<AdminUser> {
    const { items, total } = await api.list(`/users?username=${encodeURIComponent(username)}`);
    must(total === 1 && items.length === 1, `There are ${total} accounts of ${username}, not 1`);
    const account = items[0];
    must(isAdminUser(account), `The admin API answered with something else than a user: ${JSON.stringify(account)}`);
    return account;
  }

  private async showAccount(api: AdminApi, person: Person): Promise<AdminUser> {
    const account = await this.account(api, person);
    const expected = { identityProvider: 'demo-idp', subject: person.claims.sub, active: true };
    must(account.links.length === 1, `The account has ${account.links.length} links, not 1:\n${indented(account)}`);
    for (const [name, value] of Object.entries(expected)) {
      must(Reflect.get(account.links[0] ?? {}, name) === value, `The link's ${name} is not ${value}:\n${indented(account)}`);
    }
    this.print(`✓ The admin API has one account, made by that login:\n${indented(account)}`);
    return account;
  }

  private async visitAccountPage(browser: Browser, { username, claims }: Person): Promise<void> {
    const url = `${this.demo.foyer.url}/account`;
    const page = await browser.open(url);
    must(page.status === 200 && page.url.startsWith(url), `${url} does not show the account: ${page.describe()}`);
    for (const text of [username, String(claims['email'])])
      must(page.text.includes(text), `${url} does not show “${text}”: ${page.describe()}`);
    this.print(`✓ ${url} shows ${username} the account without another login`);
  }
}
