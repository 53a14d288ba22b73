import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { builtInThemes } from '@foyer/platform';
import { runCommand } from '../commands.js';
import { startPreview, type PreviewServer } from './preview/preview-server.js';
import { pageSamples } from './samples.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'foyer-theme-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function foyer(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const env = { FOYER_THEME_DIR: folder };
  const terminal = {
    env,
    out: (text: string) => (written.out += text),
    err: (text: string) => (written.err += text),
    stopped: async () => undefined,
  };
  return { code: await runCommand(['theme', ...args], terminal), ...written };
}

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length))
    .toSorted();

describe('theme init', () => {
  test('copies every file of the built-in theme, says which, and what to do next', async () => {
    const { code, out } = await foyer('init', folder, '--theme', 'blue');
    expect(code).toBe(0);
    const copied = filesIn(join(folder, 'blue'));
    expect(copied).toEqual(filesIn(join(builtInThemes, 'foyer')));
    expect(copied).toContain('/messages/ar.json');
    expect(out.match(/^Wrote .+$/gm)).toEqual(copied.map((file) => `Wrote ${join(folder, 'blue')}${file}`));
    expect(out).toContain('"theme: blue"');
  });

  test('writes nothing at all when it would write over one file', async () => {
    mkdirSync(join(folder, 'foyer/static'), { recursive: true });
    writeFileSync(join(folder, 'foyer/static/foyer.css'), 'mine');
    const { code, out, err } = await foyer('init', folder);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(join(folder, 'foyer/static/foyer.css'));
    expect(filesIn(folder)).toEqual(['/foyer/static/foyer.css']);
    expect(readFileSync(join(folder, 'foyer/static/foyer.css'), 'utf8')).toBe('mine');
  });

  test.each(['../up', '.hidden', 'A', ''])('%j is no name of a theme', async (theme) => {
    expect(await foyer('init', folder, '--theme', theme)).toMatchObject({
      code: 1,
      err: expect.stringContaining('The name of a theme must'),
    });
    expect(filesIn(folder)).toEqual([]);
  });
});

describe('theme preview', () => {
  let server: PreviewServer;
  const warnings: string[] = [];
  const start = async (theme?: string) =>
    void (server = await startPreview({ port: 0, theme, themeDir: folder, warn: (line) => warnings.push(line) }));
  const get = async (path: string) => {
    const response = await fetch(new URL(path, server.address));
    return { status: response.status, headers: response.headers, html: await response.text() };
  };
  const page = (template: string, state: string, view = {}) => get(`/page?${new URLSearchParams({ template, state, ...view })}`);
  const write = (path: string, content: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  beforeEach(() => void warnings.splice(0));
  afterEach(() => server.close());

  test('lists every sample, and each can be opened in every language', async () => {
    await start();
    const { html } = await get('/');
    const addresses = [...html.matchAll(/href="(\/page[^"]+)"/g)].map(([, address = '']) =>
      address.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
    );
    expect(addresses).toHaveLength(pageSamples.length);
    expect(html).not.toContain('What is wrong');
    for (const address of addresses) expect((await get(address)).html).toMatch(/<html lang="en" dir="ltr">/);
    expect((await page('sign-in', 'one provider', { language: 'ar' })).html).toContain('<html lang="ar" dir="rtl">');
    expect((await page('prompt', 'your consent', { language: 'de' })).html).toContain('<bdi>Ihr Profil</bdi>');
    expect((await page('sign-in', 'no such state')).status).toBe(404);
    const data = await get('/data?template=sign-in&state=one+provider');
    expect(JSON.parse(data.html)).toMatchObject({ title: 'signIn.title', application: 'Intranet' });
    const german = await get('/data?template=prompt&state=your+consent&language=de');
    expect(JSON.parse(german.html)).toMatchObject({ language: 'de', purposes: [{ title: 'Ihr Profil' }] });
  });

  test('shows a template as it is at this moment, and static files with it', async () => {
    write('blue/templates/signed-out.hbs', 'first');
    write('blue/static/foyer.css', 'body{}');
    await start('blue');
    expect((await page('signed-out', 'signed out')).html).toContain('first');
    write('blue/templates/signed-out.hbs', 'second');
    const { html, headers } = await page('signed-out', 'signed out');
    expect(html).toContain('second');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const css = /href="(\/login\/static\/blue\/foyer\.css[^"]*)"/.exec(html)?.[1] ?? '';
    expect((await get(css.replaceAll('&#x3D;', '='))).html).toBe('body{}');
  });

  test('says what is wrong on the page, in the list and in the terminal', async () => {
    write('blue/templates/signed-out.hbs', '{{#if}}');
    write('blue/templates/sign-out.hbs', '<form method="post"><button name="logout" value="yes">Bye</button></form>');
    write('blue/messages/de.json', '{');
    await start('blue');
    expect((await page('signed-out', 'signed out')).html).toMatch(/<p class="notice"[^>]*>signed-out\.hbs: /);
    expect((await page('sign-out', 'asks first')).html).toContain('cannot work without what it sends by these names: xsrf');
    expect(warnings).toEqual([expect.stringMatching(/^signed-out\.hbs: /), expect.stringMatching(/^sign-out\.hbs: /)]);
    const { html } = await get('/?language=de');
    for (const file of ['signed-out.hbs: ', 'sign-out.hbs: ', 'de.json: ']) expect(html).toContain(`<li>${file}`);
  });

  test('is for this machine only, and for themes that there are', async () => {
    await start();
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    await expect(startPreview({ port: 0, theme: 'gone', warn: () => undefined })).rejects.toThrow(
      'There is no theme gone; there are: foyer',
    );
    expect(await foyer('preview', '--theme', 'gone')).toMatchObject({ code: 1, err: expect.stringContaining('There is no theme gone') });
    expect(await foyer('preview', '--port', '0')).toMatchObject({ code: 0, out: expect.stringContaining('http://127.0.0.1:') });
  });
});
