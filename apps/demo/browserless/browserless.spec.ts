import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listen, type Listening } from '../listen.js';
import { readDocument } from './document.js';
import { Browser } from './index.js';

let listening: Listening;
let base: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  listening = await listen(0);
  base = `http://localhost:${listening.port}`;
  listening.server.on('request', (request: IncomingMessage, response: ServerResponse) => answer(request, response));
});
afterEach(() => listening.close());

/** Answers with the Cookie header, after setting these cookies when the address is `/set…`. */
function cookieServer(...cookies: string[]): void {
  answer = (request, response) => {
    if (request.url?.includes('set')) response.setHeader('set-cookie', cookies);
    response.end(request.headers.cookie ?? '');
  };
}

test('cookies go where their path allows, and end when they are said to', async () => {
  cookieServer('all=1; Path=/', 'login=2; Path=/login', 'own=3', 'short=4; Max-Age=60; Path=/', 'gone=5; Max-Age=0; Path=/');
  const browser = new Browser();
  await browser.open(`${base}/account/set`);
  expect((await browser.open(`${base}/`)).body).toBe('all=1; short=4');
  expect((await browser.open(`${base}/login/x`)).body).toBe('login=2; all=1; short=4');
  expect((await browser.open(`${base}/loginx`)).body).toBe('all=1; short=4');
  expect((await browser.open(`${base}/account/y`)).body).toBe('own=3; all=1; short=4');

  cookieServer('all=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/');
  await browser.open(`${base}/set`);
  expect((await browser.open(`${base}/`)).body).toBe('short=4');
  expect((await new Browser().open(`${base}/`)).body).toBe('');
});

test('a host shares its cookies between ports, as in browsers, and not with another host', async () => {
  cookieServer('all=1; Path=/');
  const other = await listen(0);
  other.server.on('request', (request: IncomingMessage, response: ServerResponse) => response.end(request.headers.cookie ?? ''));
  const browser = new Browser();
  await browser.open(`${base}/set`);
  expect((await browser.open(`http://localhost:${other.port}/`)).body).toBe('all=1');
  expect(browser.cookies.names(`http://127.0.0.1:${other.port}/`)).toEqual([]);
  await other.close();
});

test.each([
  [303, 'GET '],
  [302, 'GET '],
  [307, 'POST a=1'],
])('a form is sent, and a redirect with %s goes on as %s', async (status, expected) => {
  answer = (request, response) => {
    if (request.url === '/form')
      response
        .setHeader('content-type', 'text/html')
        .end('<form method=post action=/take><input name=a value=1><button>Go</button></form>');
    else if (request.url === '/take') response.writeHead(status, { location: 'done' }).end();
    else
      request
        .setEncoding('utf8')
        .reduce((text: string, part: string) => text + part, '')
        .then(
          (body) => response.end(`${request.method} ${body}`),
          () => response.end(),
        );
  };
  const browser = new Browser();
  const page = await browser.press(await browser.open(`${base}/form`), 'Go');
  expect(page.body).toBe(expected);
  expect(browser.history.map((hop) => `${hop.method} ${hop.status}`)).toEqual([
    'GET 200',
    `POST ${status}`,
    `${expected.split(' ')[0]} 200`,
  ]);
});

test('a redirect that is held back is the page', async () => {
  answer = (_request, response) => response.writeHead(303, { location: 'https://app.example/callback?code=x' }).end();
  const browser = new Browser({ stopAt: ({ host }) => host === 'app.example' });
  expect(await browser.open(base)).toMatchObject({ status: 303, redirectTo: 'https://app.example/callback?code=x' });
});

test('endless redirects end', async () => {
  answer = (_request, response) => response.writeHead(303, { location: '/' }).end();
  await expect(new Browser().open(base)).rejects.toThrow('More than 20 redirects');
});

test('what is not on a page is missed with the page in the message', async () => {
  answer = (_request, response) => response.setHeader('content-type', 'text/html').end('<title>Shop</title><p>Closed');
  const browser = new Browser();
  const page = await browser.open(base);
  expect(() => page.form('Buy')).toThrow(/No form with “Buy” on .*Shop.*Closed/);
  expect(() => browser.click(page, 'In')).toThrow('No link “In”');
});

test('a form holds what a browser would send', () => {
  const { forms, links, title, text } = readDocument(
    `<title> The
       title</title><script>let hidden</script><p>Some&amp;text</p><a href="?next">On <b>we</b> go</a>
     <form id=f><input type=hidden name=csrf value='"t"'><input name=user><input type=checkbox name=off><input type=checkbox name=on checked>
       <input type=radio name=idp value=a><input type=radio name=idp value=b checked><input name=dead value=x disabled>
       <select name=s><option>one<option value=2 selected>two</select><textarea name=t>some text</textarea>
       <noscript><button name=act value=go><i aria-hidden=true>→</i>Go  on</button></noscript><button type=button>Not sent</button></form>
     <button form=f name=act value=back formnovalidate>Back</button>`,
    'https://foyer.example/login/1?x=y',
  );
  expect({ title, text: text.slice(0, 18), links }).toEqual({
    title: 'The title',
    text: 'Some&text On we go',
    links: [{ label: 'On we go', href: 'https://foyer.example/login/1?next' }],
  });
  expect(forms).toEqual([
    {
      method: 'GET',
      action: 'https://foyer.example/login/1?x=y',
      fields: { csrf: '"t"', user: '', on: 'on', idp: 'b', s: '2', t: 'some text' },
      buttons: [
        { label: 'Go on', name: 'act', value: 'go' },
        { label: 'Back', name: 'act', value: 'back' },
      ],
    },
  ]);
});
