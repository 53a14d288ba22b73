import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FoyerError, SqliteState } from '@foyer/platform';
import type { Answers, AskUsername, ProvisionInput, ProvisionResult } from '@foyer/provisioning';
import type { LoginFlow } from './login-flow.js';
import { Browser, LoginWorld } from './login-world.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-prompts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asksUsername: AskUsername = { type: 'askUsername', suggestion: 'anna', reason: 'jit.prompt' };

let world: LoginWorld;
let flow: LoginFlow;
let browser: Browser;
let files = 0;
let id: string;
let inputs: ProvisionInput[];

/** Asks for a username until one comes that is not `taken`. */
const provision = async (input: ProvisionInput): Promise<ProvisionResult> => {
  inputs.push(input);
  const username = input.answers?.username;
  if (username === undefined) return { kind: 'prompt', asks: [asksUsername] };
  if (username === 'taken') return { kind: 'prompt', asks: [{ ...asksUsername, suggestion: username, problem: 'username.taken' }] };
  const mapped = { attributes: {}, roles: [], groups: [] };
  return { kind: 'account', subject: `user-${username}`, outcome: 'create', userStore: 'PRIMARY', username, mapped };
};

beforeEach(async () => {
  const file = join(folder, `${(files += 1)}.db`);
  world = new LoginWorld((clock) => SqliteState.open(file, clock));
  world.provisionWith = provision;
  inputs = [];
  flow = world.start();
  browser = new Browser();
  const hop = await flow.begin(world.request());
  browser.keep(hop.cookies);
  id = (await flow.answer('acme', { state: world.stateOf(hop.redirectTo), code: 'c' }, browser.cookies)).login.id;
});

const type = (answers: Answers) =>
  flow.submit(id, browser.cookies, world.formToken(id, browser), { kind: 'prompt', answers, language: 'sv', address: '192.0.2.1' });
const open = () => flow.open(id, browser.cookies);
const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'went on',
    (error: unknown) => (error instanceof FoyerError ? error.code : String(error)),
  );
const onward = { kind: 'redirect', to: 'https://app.example/answered/corr-1' };

describe('a prompt', () => {
  test('goes on with what suffices, and hands over where and in which language it was answered', async () => {
    expect((await type({ username: 'anna2', password: 'p' })).turn).toEqual(onward);
    expect(inputs.at(-1)).toMatchObject({ answers: { username: 'anna2', password: 'p' }, language: 'sv', address: '192.0.2.1' });
    expect(world.answered).toMatchObject([{ subject: 'user-anna2' }]);
  });

  test('does not keep its login busy: it can be left, opened again and answered at once, in any tab', async () => {
    expect((await open()).turn).toEqual({ kind: 'prompt', asks: [asksUsername] });
    expect((await Promise.all([open(), open()])).map(({ turn }) => turn.kind)).toEqual(['prompt', 'prompt']);
    expect((await type({ username: 'taken' })).turn).toMatchObject({ asks: [{ problem: 'username.taken' }], typed: { username: 'taken' } });
    expect((await type({ username: 'anna2' })).turn).toEqual(onward);
  });

  test('comes again after a restart', async () => {
    flow = world.restart();
    expect((await open()).turn.kind).toBe('prompt');
    expect((await type({ username: 'anna2' })).turn).toEqual(onward);
  });

  test('that is answered five times at once takes effect once, and all lead on', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => type({ username: 'anna2' })));
    expect(all.map(({ turn }) => turn)).toEqual(Array(5).fill(onward));
    expect([world.answered.length, world.recorded.length]).toEqual([1, 1]);
    expect(inputs.filter(({ answers }) => answers)).toHaveLength(1);
  });

  test('that is answered in two tabs counts in the first; the second goes where the first went', async () => {
    await type({ username: 'anna2' });
    expect((await type({ username: 'other' })).turn).toEqual(onward);
    expect(world.answered).toMatchObject([{ subject: 'user-anna2' }]);
  });

  test('never has its passwords in the state or in its turn', async () => {
    const { turn } = await type({ username: 'taken', password: 'hunter2', passwordRepeated: 'hunter2', ownershipPassword: 'hunter2' });
    expect(JSON.stringify([turn, await world.state.get('login', id)])).not.toContain('hunter2');
  });

  test('is for the browser that began, and for its own form', async () => {
    const input = { kind: 'prompt', answers: { username: 'anna2' }, language: 'en', address: '::1' } as const;
    expect(await code(flow.open(id, ''))).toBe('login.otherBrowser');
    expect(await code(flow.submit(id, '', world.formToken(id, browser), input))).toBe('login.otherBrowser');
    expect(await code(flow.submit(id, browser.cookies, 'x', input))).toBe('login.csrf');
    expect(inputs).toHaveLength(1);
  });

  test('can be refused: the application is told, and nothing was decided', async () => {
    const { turn } = await flow.goBack(id, browser.cookies, world.formToken(id, browser));
    expect(turn).toEqual({ kind: 'redirect', to: 'https://app.example/failed/corr-1' });
    expect(world.failed).toMatchObject([{ error: 'access_denied' }]);
    expect(world.recorded).toMatchObject([{ ending: { code: 'login.cancelled', step: 'provision' } }]);
    expect((await type({ username: 'anna2' })).turn.kind).toBe('problem');
  });

  test('that nobody answers expires, and the way back to the application is known', async () => {
    world.clock.time += 1_800_000;
    await expect(type({ username: 'anna2' })).rejects.toMatchObject({ code: 'login.expired', about: { application: 'intranet' } });
  });

  test('is not asked any more when the settings have changed: its page leads on', async () => {
    delete world.provisionWith;
    expect((await open()).turn).toEqual(onward);
  });

  test('ends when the plan denies in the meantime', async () => {
    world.provisionWith = async () => ({ kind: 'denied', code: 'store.disabled', reason: 'The user store "PRIMARY" is disabled.' });
    expect((await type({ username: 'anna2' })).login.ending).toMatchObject({ outcome: 'denied', code: 'store.disabled' });
  });

  test('is not shown while a request works on its answer: the page waits and leads on', async () => {
    let begin = (): void => undefined;
    let finish = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const done = new Promise<void>((resolve) => (finish = resolve));
    world.provisionWith = async (input) => {
      begin();
      await done;
      return provision(input);
    };
    const first = type({ username: 'anna2' });
    await begun;
    const second = open();
    finish();
    expect((await Promise.all([first, second])).map(({ turn }) => turn)).toEqual([onward, onward]);
  });
});
