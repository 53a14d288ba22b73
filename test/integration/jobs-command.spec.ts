import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { JobAnnouncements, JobKinds, jobPriorities, JobSubjects, Outbox, type JobKind, type NewJob } from '@foyer/jobs';
import { newId, type Transaction } from '@foyer/platform';
import { runCommand } from '../../apps/server/cli/commands.js';
import { openSite, type Site } from '../../apps/server/cli/site.js';
import { until } from '../e2e/site.js';
import { testDatabase } from '../support/mariadb.js';

const settings = `
identityProviders:
  - name: acme
    protocol: oidc
    oidc: { issuer: https://login.acme.example, clientId: foyer, clientSecret: s }
`;
const kind: JobKind<unknown> = { name: 'provision', version: 1, read: (stored) => stored };
const identity = { issuer: 'https://login.acme.example', subject: 'anna', claims: {}, evidence: {} };

describe.each([
  { title: 'SQLite', url: async () => undefined },
  { title: 'MariaDB', url: async () => (await testDatabase()).url },
])('foyer jobs on $title', ({ url }) => {
  let folder: string;
  let env: Record<string, string>;
  let site: Site;
  let outbox: Outbox;
  /** Whether whoever types presses Ctrl-C. */
  let stopped: () => Promise<void> = () => new Promise(() => undefined);

  /** What the command that was typed last has written so far. */
  let latest = { out: '', err: '' };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'foyer-cli-jobs-'));
    const databaseUrl = await url();
    env = {
      FOYER_DATA_DIR: join(folder, 'data'),
      FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
      ...(databaseUrl !== undefined && { FOYER_DATABASE_URL: databaseUrl }),
    };
    writeFileSync(join(folder, 'site.yaml'), settings);
    await foyer('apply', join(folder, 'site.yaml'));
    site = await openSite(env);
    const kinds = new JobKinds();
    kinds.declare(kind);
    outbox = new Outbox(new JobSubjects(), kinds, site.vault, new JobAnnouncements());
  });
  afterAll(async () => {
    await site.database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    stopped = () => new Promise(() => undefined);
    const tables = ['jobs', 'job_attempts', 'job_subjects', 'job_pauses', 'journal_entries'];
    await write(async (tx) => {
      for (const table of tables) await tx.query(`DELETE FROM ${table}`);
    });
  });

  async function foyer(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const written = (latest = { out: '', err: '' });
    const out = (text: string) => (written.out += text);
    const code = await runCommand(args, { env, out, err: (text) => (written.err += text), stopped: () => stopped() });
    return { code, ...written };
  }
  const jobs = (...args: string[]) => foyer('jobs', ...args);
  const json = async (...args: string[]): Promise<unknown> => JSON.parse((await jobs(...args, '--json')).out);

  const add = async (more: Partial<NewJob> = {}): Promise<string> => {
    const job = {
      kind,
      subjectId: newId(),
      identityProviderId: newId(),
      identityProvider: 'acme',
      loginId: newId(),
      payload: { identity },
    };
    const added = await write((tx) => outbox.add(tx, { ...job, priority: jobPriorities.login, ...more }));
    return added.id;
  };
  const write = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => site.database.transaction(work);
  const dead = async (more: Partial<NewJob> = {}): Promise<string> => {
    const subjectId = newId();
    const id = await add({ subjectId, ...more });
    await write(async (tx) => {
      const reason = "code = 'store.unavailable', message = 'The store does not answer.'";
      await tx.query(`UPDATE jobs SET status = 'dead', stage = 'ended', ended_at = 1, attempts = 1, ${reason} WHERE id = ?`, [id]);
      const open = { id, kind: 'provision', identityProviderId: 'x', dead: true };
      await tx.query('UPDATE job_subjects SET open_jobs = ? WHERE subject_id = ?', [JSON.stringify([open]), subjectId]);
      const attempted = "'host-1', 'failed', 'store.unavailable', 'The store does not answer.', '{\"outcome\":\"create\"}', 0, 7";
      const names = 'job_id, number, worker, outcome, code, message, plan, started_at, ended_at';
      await tx.query(`INSERT INTO job_attempts (${names}) VALUES (?, 1, ${attempted})`, [id]);
    });
    return id;
  };
  const statusOf = async (id: string): Promise<unknown> => ((await json('show', id)) as { status: string }).status;
  const revision = async (): Promise<unknown> => site.database.read.query('SELECT revision FROM settings_revision');

  test('list shows a line for each, and filters', async () => {
    expect(await jobs('list')).toEqual({ code: 0, out: 'No jobs.\n', err: '' });
    const [first, later] = [await dead(), await add({ runAt: Date.now() + 3_600_000 })];
    const { out } = await jobs('list');
    expect(out.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual(['ID', later, first, '']);
    expect(out).toMatch(/dead +provision +acme .* store\.unavailable$/m);
    expect(out).toMatch(/waiting \(time\) +provision +acme/);
    expect((await jobs('list', '--status', 'dead', '--idp', 'acme', '--code', 'store.unavailable')).out).not.toContain(later);
    const page = await jobs('list', '--limit', '1');
    expect(page.err).toMatch(/^1 of 2; go on with --cursor \S+\n$/);
    expect((await jobs('list', '--limit', '1', '--cursor', /cursor (\S+)/.exec(page.err)?.[1] ?? '')).out).toContain(first);
    expect(await json('list', '--status', 'dead')).toMatchObject({ items: [{ id: first, status: 'dead' }], total: 1, nextCursor: null });
    expect(await jobs('list', '--status', 'odd')).toMatchObject({ code: 1, err: expect.stringContaining('status value.invalid') });
  });

  test('show tells why, what was planned, and in which trace', async () => {
    const id = await dead({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
    const { code, out } = await jobs('show', id);
    expect(code).toBe(0);
    expect(out).toContain(`Job       ${id}\nStatus    dead\n`);
    expect(out).toContain(`Trace     ${'a'.repeat(32)}\n`);
    expect(out).toContain('Reason    store.unavailable: The store does not answer.\n');
    expect(out).toContain('Attempt 1: failed, 1970-01-01T00:00:00.000Z, 7 ms, host-1\n  store.unavailable: The store does not answer.\n');
    expect(out).toContain('  Plan: {"outcome":"create"}\n');
    expect(await json('show', id)).toMatchObject({ id, attempts: [{ outcome: 'failed', plan: { outcome: 'create' } }] });
    expect(await jobs('show', newId())).toEqual({ code: 1, out: '', err: 'There is no job with this id.\n' });
  });

  test('retry makes jobs wait for a worker, and processes are told to look', async () => {
    const [first, second] = [await dead(), await dead()];
    const before = await revision();
    expect(await jobs('retry', first, second, first)).toEqual({ code: 0, out: '2 to be tried again, 0 left as they are.\n', err: '' });
    expect(await Promise.all([first, second].map(statusOf))).toEqual(['waiting', 'waiting']);
    expect(await revision()).not.toEqual(before);
    const none = newId();
    expect(await jobs('retry', none)).toMatchObject({ code: 1, err: `${none} job.notFound\n` });
  });

  test('discard ends jobs, and the journal tells of it', async () => {
    const id = await dead();
    expect(await jobs('discard', id)).toMatchObject({ code: 0, out: '1 discarded, 0 left as they are.\n' });
    expect(await statusOf(id)).toBe('discarded');
    const entries: object[] = await site.database.read.query('SELECT outcome, code, subject, plan FROM journal_entries');
    expect(entries).toMatchObject([
      { outcome: 'skip', code: 'job.discarded', subject: 'anna', plan: expect.stringContaining('foyer jobs') },
    ]);
    expect(await jobs('discard', id)).toEqual({ code: 1, out: '0 discarded, 1 left as they are.\n', err: `${id} job.ended\n` });
  });

  test('dead jobs that have something in common are changed together', async () => {
    const [mine, other] = [await dead(), await dead({ identityProvider: 'other' })];
    expect(await json('retry', '--dead', '--idp', 'acme')).toEqual({ changed: 1, skipped: [] });
    expect(await Promise.all([mine, other].map(statusOf))).toEqual(['waiting', 'dead']);
    expect(await jobs('discard', '--dead', '--code', 'store.unavailable')).toMatchObject({
      code: 0,
      out: '1 discarded, 0 left as they are.\n',
    });
    expect(await statusOf(other)).toBe('discarded');
  });

  test('pause and resume', async () => {
    expect(await jobs('pause')).toEqual({ code: 0, out: 'No lane is paused.\n', err: '' });
    expect((await jobs('pause', 'idp:acme')).out).toMatch(/^idp:acme is paused, since \S+Z by foyer jobs \(.+\)\.\n$/);
    expect(await jobs('pause', 'idp:acme')).toMatchObject({ code: 0, out: expect.stringMatching(/^idp:acme is paused already, since/) });
    expect((await jobs('pause')).out).toMatch(/^idp:acme is paused, since/);
    expect(await json('pause')).toMatchObject([{ lane: 'idp:acme' }]);
    expect(await jobs('pause', 'idp:nobody')).toMatchObject({ code: 1, err: expect.stringContaining('lane reference.unknown') });
    const id = await add();
    await write((tx) => tx.query("UPDATE jobs SET stage = 'parked' WHERE id = ?", [id]));
    expect((await jobs('show', id)).out).toContain('Lane      idp:acme (paused)\n');
    expect(await jobs('resume', 'idp:acme')).toEqual({ code: 0, out: 'idp:acme goes on; 1 jobs had been put aside.\n', err: '' });
    expect(await json('show', id)).toMatchObject({ status: 'waiting', waitsFor: 'worker', paused: false });
    expect(await jobs('resume', 'idp:acme')).toMatchObject({ code: 1, err: 'This lane is not paused.\n' });
  });

  test('drain waits until nothing waits or runs, shows how far it is, and ends when it is told to', async () => {
    await dead();
    expect(await jobs('drain')).toEqual({ code: 0, out: 'Nothing waits or runs; 1 dead.\n', err: '' });
    const id = await add();
    const draining = jobs('drain');
    await until('it shows how far it is', () => latest.err.includes('1 waiting'));
    await write((tx) => tx.query("UPDATE jobs SET status = 'done', stage = 'ended' WHERE id = ?", [id]));
    expect(await draining).toMatchObject({ code: 0, err: expect.stringMatching(/^1 waiting \(1 for a worker, .*\), 0 running, 1 dead\n/) });
    const parked = await add();
    await write((tx) => tx.query("UPDATE jobs SET stage = 'parked' WHERE id = ?", [parked]));
    stopped = async () => undefined;
    expect(await jobs('drain')).toMatchObject({
      ...{ code: 2, out: expect.stringMatching(/^Not everything is done: 1 waiting \(.* 1 for a paused lane\)/) },
      err: expect.stringContaining('foyer jobs pause lists the lanes'),
    });
    stopped = () => new Promise(() => undefined);
    expect(await jobs('drain', '--timeout', '0', '--json')).toMatchObject({ code: 2, out: expect.stringMatching(/^\{"drained":false,/) });
  });

  test.each([
    [[], 'jobs needs: list, show, retry, discard, pause, resume or drain.'],
    [['list', 'x'], 'x'],
    [['show'], 'jobs show needs one job.'],
    [['retry'], 'jobs retry needs jobs, or --dead'],
    [['retry', 'x', '--dead'], 'jobs retry needs jobs, or --dead'],
    [['retry', 'x', '--idp', 'acme'], 'jobs retry needs jobs, or --dead'],
    [['discard', '--dead'], 'jobs discard --dead needs to be told which'],
    [['resume'], 'jobs resume needs one lane.'],
    [['drain', '--timeout', 'soon'], '--timeout must be a whole number'],
  ])('%j is not understood: 1, and how to use it', async (args, message) => {
    const { code, out, err } = await jobs(...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(message);
    expect(err).toContain('Usage: foyer COMMAND');
  });
});
