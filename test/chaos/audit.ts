import { isDeepStrictEqual } from 'node:util';
import type { DurableMariadb } from '../support/durable-mariadb.js';
import { claimsOf, holdingsAfter, providers, type Attempt, type Holdings } from './people.js';
import type { Territory } from './territory.js';

interface LinkRecord {
  readonly subject: string;
  readonly identity_provider: string;
  readonly user_id: string;
  readonly status: string;
}
interface UserRecord {
  readonly id: string;
  readonly user_store: string;
  readonly username: string;
  readonly status: string;
  readonly suspended_roles: string | null;
}
interface AccountRecord {
  readonly user_id: string;
  readonly username: string;
  readonly attributes: string;
  readonly roles: string | null;
}
interface JobRecord {
  readonly id: string;
  readonly login_id: string;
  readonly status: string;
  readonly hasPayload: number;
  readonly done: number;
  readonly entries: number;
}

/** What the databases hold when everything has come to its end. */
interface Books {
  readonly links: readonly LinkRecord[];
  readonly users: readonly UserRecord[];
  /** By user store. */
  readonly accounts: Readonly<Record<string, readonly AccountRecord[]>>;
  readonly jobs: readonly JobRecord[];
}

const accountsIn = (database: DurableMariadb, domain: string): Promise<AccountRecord[]> =>
  database.query<AccountRecord>(
    `SELECT user_id, username, attributes, (SELECT GROUP_CONCAT(name ORDER BY name) FROM account_memberships
       WHERE account_memberships.user_id = accounts.user_id AND kind = 'role') AS roles
     FROM accounts WHERE domain = '${domain}' AND username <> 'admin'`,
  );

async function readBooks({ mariadb, corp }: Territory): Promise<Books> {
  return {
    links: await mariadb.query<LinkRecord>('SELECT subject, identity_provider, user_id, status FROM account_links'),
    users: await mariadb.query<UserRecord>("SELECT id, user_store, username, status, suspended_roles FROM users WHERE username <> 'admin'"),
    accounts: { CORP: await accountsIn(corp, 'CORP'), PRIMARY: await accountsIn(mariadb, 'PRIMARY') },
    jobs: await mariadb.query<JobRecord>(
      `SELECT id, login_id, status, payload IS NOT NULL AS hasPayload,
         (SELECT COUNT(*) FROM job_attempts WHERE job_id = jobs.id AND outcome = 'done') AS done,
         (SELECT COUNT(*) FROM journal_entries WHERE journal_entries.login_id = jobs.login_id) AS entries
       FROM jobs`,
    ),
  };
}

/** By a field of theirs. */
function by<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

/** The logins whose claims the account may hold: no answered one began after they had ended. */
export const latest = (attempts: readonly Attempt[]): readonly Attempt[] =>
  attempts.filter(({ endedAt }) => !attempts.some((later) => later.sub !== undefined && later.begunAt > endedAt));

/** @returns what is not as it was promised, one sentence each; nothing when the promise was kept */
export async function audit(territory: Territory, attempts: readonly Attempt[]): Promise<string[]> {
  const books = await readBooks(territory);
  return [...auditPeople(books, attempts), ...auditAccounts(books), ...auditJobs(books)];
}

function* auditPeople(books: Books, attempts: readonly Attempt[]): Generator<string> {
  const links = by(books.links, ({ subject }) => subject);
  const users = by(books.users, ({ username }) => username);
  const accounts = by([...Object.values(books.accounts).flat()], ({ username }) => username);
  for (const [person, own] of by(attempts, (attempt) => attempt.person)) {
    yield* auditAnswers(own);
    const subs = new Set(own.flatMap(({ sub }) => sub ?? []));
    const found = { links: links.get(`subject-of-${person}`) ?? [], users: users.get(person) ?? [], accounts: accounts.get(person) ?? [] };
    const counts = [found.links.length, found.users.length, found.accounts.length];
    const nobody = subs.size === 0 && counts.every((count) => count === 0);
    if (nobody) continue;
    if (subs.size > 1) yield `${person} was told to be several: ${[...subs].join(', ')}`;
    if (counts.some((count) => count !== 1)) yield `${person} has ${counts[0]} links, ${counts[1]} users and ${counts[2]} accounts`;
    const [[link], [user], [account]] = [found.links, found.users, found.accounts];
    if (!link || !user || !account) continue;
    yield* auditPerson({ person, sub: [...subs][0] ?? link.user_id, link, user, account }, own);
  }
}

/** The application heard what this login said, or another one of the same person at the same time. */
function* auditAnswers(attempts: readonly Attempt[]): Generator<string> {
  for (const { person, number, heard, begunAt, endedAt } of attempts) {
    if (heard === undefined) continue;
    const together = attempts.filter((other) => other.begunAt <= endedAt && other.endedAt >= begunAt);
    const said = together.map((other) => claimsOf(person, other.number)['given_name']);
    if (!said.includes(heard)) yield `${person} came for the ${number}. time, and the application heard “${heard}”`;
  }
}

interface Standing {
  readonly person: string;
  readonly sub: string;
  readonly link: LinkRecord;
  readonly user: UserRecord;
  readonly account: AccountRecord;
}

function* auditPerson({ person, sub, link, user, account }: Standing, attempts: readonly Attempt[]): Generator<string> {
  const provider = attempts[0]?.provider ?? 'acme';
  const is = {
    link: [link.user_id, link.identity_provider, link.status],
    user: [user.id, user.user_store, user.status],
    account: account.user_id,
  };
  const wanted = { link: [sub, provider, 'active'], user: [sub, providers[provider], 'active'], account: sub };
  if (!isDeepStrictEqual(is, wanted)) yield `${person} is ${JSON.stringify(is)} instead of ${JSON.stringify(wanted)}`;
  const holds: Holdings = { attributes: JSON.parse(account.attributes) as Holdings['attributes'], roles: account.roles?.split(',') ?? [] };
  const possible = latest(attempts).map(({ number }) => holdingsAfter(person, number));
  if (!possible.some((one) => isDeepStrictEqual(one, holds)))
    yield `${person} holds ${JSON.stringify(holds)} instead of ${possible.map((one) => JSON.stringify(one)).join(' or ')}`;
  if (user.suspended_roles !== null && user.suspended_roles !== '[]')
    yield `${person} has lost roles that nobody took away: ${user.suspended_roles}`;
}

function* auditAccounts({ users, accounts }: Books): Generator<string> {
  for (const [domain, own] of Object.entries(accounts)) {
    const known = new Set(users.filter((user) => user.user_store === domain).map(({ id }) => id));
    for (const { user_id: id, username } of own) if (!known.has(id)) yield `The account ${username} (${id}) in ${domain} is nobody's`;
  }
}

/** Each login that left something to a job wrote one entry into the journal with it, and each job that was done one more. */
function* auditJobs({ jobs }: Books): Generator<string> {
  for (const { id, status, hasPayload, done } of jobs) {
    if (status !== 'done' && status !== 'superseded') yield `The job ${id} is ${status}`;
    if (Number(done) !== (status === 'done' ? 1 : 0)) yield `The job ${id} is ${status}, and was done ${done} times`;
    if (Number(hasPayload) !== 0 && status !== 'waiting') yield `The job ${id} has ended and still knows what was said`;
  }
  for (const [login, own] of by(jobs, (job) => job.login_id)) {
    const wanted = own.length + own.filter(({ status }) => status === 'done').length;
    if (Number(own[0]?.entries) !== wanted) yield `The login ${login} has ${own[0]?.entries} entries in the journal instead of ${wanted}`;
  }
}
