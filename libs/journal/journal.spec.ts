import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, Database, newId } from '@foyer/platform';
import { schema } from '../../ormconfig.js';
import type { JournalEntry } from './entry.js';
import { JournalController } from './journal.controller.js';
import { JournalRetention } from './journal-retention.js';
import { Journal } from './journal.js';

const journal = new Journal();
const now = 1_760_000_000_000;
const dayMs = 86_400_000;
let folder: string;
let database: Database;
let controller: JournalController;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-journal-'));
  database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, schema);
  await database.migrate();
  controller = new JournalController(database);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => database.transaction((tx) => tx.query('DELETE FROM journal_entries')));

const entry = (more: Partial<JournalEntry> = {}): JournalEntry => ({
  ...{ id: newId(), loginId: newId(), identityProviderId: newId(), identityProvider: 'acme', subject: 'anna', userId: newId() },
  ...{ userStore: 'PRIMARY', username: 'anna', outcome: 'create', code: null, before: null, durationMs: 3, createdAt: now },
  plan: { outcome: 'create', steps: [{ type: 'chooseStore' }] },
  after: { email: 'anna@acme.example' },
  ...more,
});
const append = async (more: Partial<JournalEntry> = {}): Promise<JournalEntry> => {
  const written = entry(more);
  await database.transaction((tx) => journal.append(tx, written));
  return written;
};
const ids = async (query: Record<string, string>): Promise<string[]> => (await controller.list(query)).items.map(({ id }) => id);

test('an entry reads as it was written, with its time as text and without inner ids', async () => {
  const written = await append();
  const { identityProviderId, ...shown } = written;
  expect(await controller.read(written.id)).toEqual({ ...shown, createdAt: '2025-10-09T08:53:20.000Z' });
  expect(identityProviderId).toBeDefined();
  await expect(controller.read(newId())).rejects.toMatchObject({ kind: 'notFound', code: 'journal.notFound' });
});

test('an entry that is there already stays as it is', async () => {
  const written = await append();
  await append({ id: written.id, outcome: 'update' });
  expect(await controller.list({})).toMatchObject({ total: 1, items: [{ outcome: 'create' }] });
});

test('what is too long or malformed is told as far as it can be', async () => {
  const { id } = await append({ subject: 'x'.repeat(300), username: '\ud800', plan: { steps: ['x'.repeat(70_000)] } });
  const shown = await controller.read(id);
  expect(shown.subject).toBe(`${'x'.repeat(254)}…`);
  expect(shown.username).toBe('\ufffd');
  expect(shown.plan).toMatchObject({ omitted: 'too large' });
});

test('the list is filtered, sorted, newest first, and paged', async () => {
  const old = await append({ createdAt: now - dayMs, outcome: 'deny', code: 'username.taken' });
  const other = await append({ createdAt: now, identityProvider: 'other', username: 'bo' });
  const last = await append({ createdAt: now + 1 });
  expect(await ids({})).toEqual([last.id, other.id, old.id]);
  expect(await ids({ sort: 'createdAt' })).toEqual([old.id, other.id, last.id]);
  expect(await ids({ outcome: 'deny' })).toEqual([old.id]);
  expect(await ids({ code: 'username.taken' })).toEqual([old.id]);
  expect(await ids({ loginId: old.loginId ?? '' })).toEqual([old.id]);
  expect(await ids({ userId: old.userId ?? '' })).toEqual([old.id]);
  expect(await ids({ identityProvider: 'other' })).toEqual([other.id]);
  expect(await ids({ username: 'bo' })).toEqual([other.id]);
  expect(await ids({ createdBefore: '2025-10-09T00:00:00Z' })).toEqual([old.id]);
  const first = await controller.list({ limit: '2' });
  expect(first).toMatchObject({ total: 3, items: [{ id: last.id }, { id: other.id }] });
  expect(await ids({ limit: '2', cursor: first.nextCursor ?? '' })).toEqual([old.id]);
  await expect(controller.list({ outcome: 'nonsense' })).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(controller.list({ plan: 'x' })).rejects.toMatchObject({ code: 'input.invalid' });
});

test('entries that are older than the setting go, a batch at a time, the others stay', async () => {
  for (let count = 0; count < 201; count += 1) await append({ createdAt: now - 400 * dayMs - 1 });
  const kept = await append({ createdAt: now - 400 * dayMs });
  const logger = createLogger({ logLevel: 'silent' });
  const retention = new JournalRetention(database, journal, { journalDays: 400 }, { now: () => now }, logger);
  expect(await retention.removeOld()).toBe(true);
  expect(await retention.removeOld()).toBe(false);
  expect(await ids({})).toEqual([kept.id]);
});

test.each([
  ['SELECT id FROM journal_entries ORDER BY created_at DESC, id DESC LIMIT 50'],
  ["SELECT id FROM journal_entries WHERE login_id = 'x'"],
  ["SELECT id FROM journal_entries WHERE user_id = 'x' ORDER BY created_at DESC"],
  ["SELECT id FROM journal_entries WHERE identity_provider = 'x' ORDER BY created_at DESC"],
  ['SELECT id FROM journal_entries WHERE created_at < 1 ORDER BY created_at, id LIMIT 200'],
])('%s uses an index', async (sql) => {
  const steps = await database.read.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`);
  expect(steps.map(({ detail }) => detail).join()).toMatch(/USING (COVERING )?INDEX/);
});
