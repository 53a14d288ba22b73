import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { heading, mainText, password, press, signIn, Town } from './town.js';

let town: Town;

beforeAll(async () => {
  town = await Town.build();
});
afterEach(() => town.clear());
afterAll(() => town.close());

describe('browsers do more than the plan has:', () => {
  test('back after success leads to a page that says what to do, and the person stays logged in', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
    const chooser = page.url();
    await signIn(page, 'lena', password);
    await town.atPortal(page);
    await page.goBack();
    expect(page.url()).toBe(chooser);
    expect(await mainText(page)).toContain('This sign-in was already used. If you are not signed in');
    await page.getByRole('link', { name: 'Back to The portal' }).click();
    await town.atPortal(page);
    expect(await heading(page)).toBe('Hello lena');
  });

  test('back from the identity provider allows another choice', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
    await press(page, 'Continue with acme Ltd');
    await page.waitForURL(`${town.acme.issuer}/login/**`);
    await page.goBack();
    expect(await heading(page)).toBe('Sign in');
    await press(page, 'Continue with globex Ltd');
    await town.atPortal(page);
    expect(await heading(page)).toContain('Hello user-');
  });

  test.each(['Sign in', 'Continue with globex Ltd'])('a double click on “%s” logs in once', async (button) => {
    const answered = async (): Promise<unknown> => (await (await town.site.admin()).get('/logins?outcome=answered'))['total'];
    const before = await answered();
    const page = await town.arrive();
    await town.openChooser(page);
    await page.getByLabel('Username').fill('lena');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: button, exact: true }).dblclick();
    // A second click that comes late ends the way that the first began: by then the login has its answer, and the page says how to go on.
    const used = page.getByText('This sign-in was already used');
    await used.or(page.getByRole('heading', { name: /^Hello / })).waitFor();
    if (await used.isVisible()) await page.getByRole('link', { name: 'Back to The portal' }).click();
    await town.atPortal(page);
    expect(await heading(page)).toContain('Hello');
    expect(await answered()).toBe(Number(before) + 1);
  });

  test('two tabs log in side by side', async () => {
    const first = await town.arrive();
    const second = await first.context().newPage();
    await town.openChooser(first);
    await town.openChooser(second);
    await press(first, 'Continue with acme Ltd');
    await press(second, 'Continue with acme Ltd');
    await second.waitForURL(`${town.acme.issuer}/login/**`);
    await town.logInAtAcme(first, 'chloe');
    await town.atPortal(first);
    await town.logInAtAcme(second, 'chloe');
    await town.atPortal(second);
    expect(await heading(second)).toBe(await heading(first));
  });

  test('the address of an answer, opened again, says that the sign-in was used', async () => {
    const page = await town.arrive();
    const callbacks: string[] = [];
    page.on('request', (request) => void (request.url().includes('/federation/oidc/callback/') && callbacks.push(request.url())));
    await page.goto(`${town.desk.url}/login`);
    await town.logInAtAcme(page);
    await page.waitForURL(`${town.desk.url}/`);
    await page.goto(callbacks[0] ?? '');
    expect(await mainText(page)).toMatch(/This sign-in was already used.*login\.repeated/s);
    await page.reload();
    expect(await heading(page)).toBe('This page is out of date');
  });
});
