import type { ServerResponse } from 'node:http';
import { html, type Html } from '../pages/html.js';
import { sendPage } from '../pages/page.js';
import type { Person } from './people.js';

const party = 'Demo identity provider';

export interface LoginPage {
  readonly application: string;
  readonly people: readonly Person[];
  /** What stands in the field already: `login_hint`, or what was typed. */
  readonly username?: string;
  readonly failed?: boolean;
}

function whoCanLogIn(people: readonly Person[]): Html {
  return html`<h2>Who can log in</h2>
    <table>
      <thead>
        <tr>
          <th>Username</th>
          <th>Password</th>
          <th>Name</th>
        </tr>
      </thead>
      <tbody>
        ${people.map(
          ({ username, password, claims }) =>
            html`<tr>
              <td><code>${username}</code></td>
              <td><code>${password}</code></td>
              <td>${String(claims['name'] ?? '')}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/** Asks for username and password; both buttons post to the address of the page. */
export function sendLoginPage(response: ServerResponse, { application, people, username, failed }: LoginPage): void {
  const body = html`<p>to go on to <strong>${application}</strong></p>
    ${failed && html`<p class="alert" role="alert">That username and password do not belong together. Try again with a pair from the list.</p>`}
    <form method="post">
      <label for="username">Username</label>
      <input
        id="username"
        name="username"
        value="${username ?? ''}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        autofocus
        required
      />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required />
      <div class="actions">
        <button type="submit" name="action" value="login">Log in</button>
        <button type="submit" name="action" value="cancel" class="plain" formnovalidate>Cancel</button>
      </div>
    </form>
    ${whoCanLogIn(people)}`;
  sendPage(response, { party, title: 'Log in', body }, failed ? 401 : 200);
}

/** Asks whether the application may learn what it asked for: only when it insists on asking (`prompt=consent`). */
export function sendConsentPage(
  response: ServerResponse,
  { application, scopes }: { application: string; scopes: readonly string[] },
): void {
  const body = html`<p><strong>${application}</strong> asks for:</p>
    <ul>
      ${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}
    </ul>
    <form method="post" class="actions">
      <button type="submit" name="action" value="allow">Allow</button>
      <button type="submit" name="action" value="cancel" class="plain">Cancel</button>
    </form>`;
  sendPage(response, { party, title: 'Allow access', body });
}

/** The login was used, is too old, or belongs to another browser. */
export function sendStaleLoginPage(response: ServerResponse): void {
  const body = html`<p>It was finished already, took too long, or began in another browser.</p>
    <p>Go back to the application and log in again.</p>`;
  sendPage(response, { party, title: 'This login is over', body }, 400);
}

/** Who opens the provider's address itself. */
export function sendStartPage(response: ServerResponse, { issuer, people }: { issuer: string; people: readonly Person[] }): void {
  const body = html`<p>An OpenID Provider with a few people in it. Applications and Foyer send people here to log in.</p>
    <p>Its settings: <a href="/.well-known/openid-configuration">${issuer}/.well-known/openid-configuration</a></p>
    ${whoCanLogIn(people)}`;
  sendPage(response, { party, title: 'People log in here', body });
}
