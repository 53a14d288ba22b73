import type { ServerResponse } from 'node:http';
import { html, type Html } from '../pages/html.js';
import { sendPage } from '../pages/page.js';
import type { OAuthProblem } from './oauth-problem.js';
import type { LoggedIn } from './relying-party.js';

const party = 'Demo application';

const times: ReadonlySet<string> = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at']);

function claimValue(name: string, value: unknown): Html {
  if (times.has(name) && typeof value === 'number')
    return html`<code>${value}</code> <span class="quiet">${new Date(value * 1000).toISOString()}</span>`;
  return html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;
}

function claimTable(claims: Readonly<Record<string, unknown>>): Html {
  return html`<table>
    <tbody>
      ${Object.entries(claims).map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${claimValue(name, value)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Nobody is logged in. */
export function sendWelcome(response: ServerResponse, { issuer, loggedOut = false }: { issuer: string; loggedOut?: boolean }): void {
  const body = html`${loggedOut && html`<p role="status">You are logged out.</p>`}
    <p>This application knows no passwords. It sends you to <code>${issuer}</code> and believes what that says about you.</p>
    <p class="actions"><a class="button" href="/login">Log in</a></p>`;
  sendPage(response, { party, title: 'Nobody is logged in', body });
}

function nameOf({ idTokenClaims, userinfo }: LoggedIn): string {
  for (const name of [userinfo['name'], userinfo['preferred_username'], idTokenClaims['sub']]) if (typeof name === 'string') return name;
  return 'somebody';
}

/** Shows what the tokens say. */
export function sendPerson(response: ServerResponse, person: LoggedIn, { accountUrl }: { accountUrl: string }): void {
  const { idTokenClaims, userinfo, scope, expiresAt, refreshToken, refreshes } = person;
  const body = html`<p>Logged in by <code>${String(idTokenClaims['iss'])}</code> as <code>${String(idTokenClaims['sub'])}</code>.</p>
    <div class="actions">
      <a class="button" href="${accountUrl}">My account at Foyer</a>
      ${refreshToken !== undefined && html`<form method="post" action="/refresh"><button type="submit" class="plain">Refresh tokens</button></form>`}
      <form method="post" action="/logout"><button type="submit" class="plain">Log out</button></form>
    </div>
    <h2>Claims of the ID token</h2>
    ${claimTable(idTokenClaims)}
    <h2>Claims from userinfo</h2>
    ${claimTable(userinfo)}
    <h2>Access token</h2>
    ${claimTable({
      scope: scope ?? '(not said)',
      expires: expiresAt === undefined ? '(not said)' : new Date(expiresAt).toISOString(),
      'refresh token': refreshToken === undefined ? 'no' : `yes, used ${refreshes} times`,
    })}
    <p class="quiet">The same <a href="/claims.json">as JSON</a>.</p>`;
  sendPage(response, { party, title: `Hello ${nameOf(person)}`, body });
}

/** A login or refresh that did not work. */
export function sendProblem(response: ServerResponse, { advice, error, description }: OAuthProblem): void {
  const body = html`<p class="alert" role="alert">${advice}</p>
    <table>
      <tbody>
        <tr>
          <th scope="row">error</th>
          <td><code>${error}</code></td>
        </tr>
        ${
          description &&
          html`<tr>
            <th scope="row">error_description</th>
            <td>${description}</td>
          </tr>`
        }
      </tbody>
    </table>
    <p class="actions"><a class="button" href="/login">Log in</a> <a href="/">Home</a></p>`;
  sendPage(response, { party, title: 'That did not work', body }, 400);
}
