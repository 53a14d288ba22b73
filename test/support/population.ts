import type { Database } from '@foyer/platform';

/** How many users, with an account, a link, a role, a journal entry, a login, two consent receipts and a consent for an application each. */
export const population = 100_000;

/** Numbers from 0, made by the database itself: no row is sent to it. */
const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
const numbered = (columns: string): string => `WITH digits AS (${digits})
  SELECT ${columns} FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d AS n
    FROM digits a, digits b, digits c, digits d, digits e) AS numbers ORDER BY n`;

const id = (kind: string): string => `CONCAT('${kind}-0000-7000-8000-', SUBSTR(CONCAT('000000000000', n), -12))`;
const userId = id('00000001');
const username = "CONCAT('user', n)";
const email = "CONCAT('user', n, '@acme.example')";
const time = (offset: number): string => `1700000000000 + n * 1000 + ${offset}`;
const expiry = 'CASE n % 100 WHEN 4 THEN 1900000000000 + n END';
const provider = "CASE n % 20 WHEN 0 THEN 'other' ELSE 'acme' END";
const origins = `'{"email":{"by":"idp","identityProviderId":"acme","verified":true}}'`;
const plan = `'{"outcome":"unchanged","steps":[{"type":"chooseStore","domain":"PRIMARY","reason":"store.fixed"},{"type":"linkAccount","reason":"link.active"}]}'`;

const inserts = [
  `INSERT INTO users (id, user_store, username, username_key, email, status, enabled, locked, expires_at, origins, grants, version, created_at, updated_at)
    ${numbered(`${userId}, 'PRIMARY', ${username}, ${username}, ${email}, 'active', n % 50 > 0, n % 100 = 3, ${expiry}, ${origins}, '{}', 1, ${time(0)}, ${time(0)}`)}`,
  `INSERT INTO user_keys (user_id, name, value) ${numbered(`${userId}, 'externalId', CONCAT('E', n)`)}`,
  `INSERT INTO user_keys (user_id, name, value) ${numbered(`${userId}, 'phoneNumber', CONCAT('+46', n)`)}`,
  `INSERT INTO accounts (user_id, domain, username, username_key, enabled, attributes)
    ${numbered(`${userId}, 'PRIMARY', ${username}, ${username}, 1, '{"givenName":"Anna","email":"anna@acme.example"}'`)}`,
  `INSERT INTO account_memberships (user_id, kind, name) ${numbered(`${userId}, 'role', 'employee'`)}`,
  `INSERT INTO account_links (id, link_key, identity_provider_id, identity_provider, issuer, subject, user_id, status, version, created_at, updated_at)
    ${numbered(`${id('00000002')}, CONCAT('key', n), 'acme', ${provider}, 'https://acme.example', CONCAT('subject', n), ${userId}, 'active', 1, ${time(0)}, ${time(0)}`)}`,
  `INSERT INTO journal_entries
    (id, login_id, identity_provider_id, identity_provider, subject, user_id, user_store, username, outcome, code, plan, duration_ms, created_at)
    ${numbered(`${id('00000003')}, ${id('00000004')}, 'acme', ${provider}, CONCAT('subject', n), ${userId}, 'PRIMARY', ${username},
      CASE n % 100 WHEN 7 THEN 'deny' ELSE 'create' END, CASE n % 100 WHEN 7 THEN 'username.taken' END, ${plan}, n % 97, ${time(1)}`)}`,
  `INSERT INTO logins
    (id, application, identity_provider, outcome, code, step, subject, user_id, address, started_at, finished_at, duration_ms)
    ${numbered(`${id('00000004')}, 'intranet', ${provider}, CASE n % 100 WHEN 7 THEN 'denied' ELSE 'answered' END,
      CASE n % 100 WHEN 7 THEN 'username.taken' END, CASE n % 100 WHEN 7 THEN 'provision' END, ${userId}, ${userId},
      CONCAT('192.0.2.', n % 200), ${time(0)}, ${time(900)}, 900 + n % 97`)}`,
  ...[1, 2].map(
    (version) => `INSERT INTO consent_receipts
      (id, user_id, purpose_id, purpose, version, identity_provider_id, identity_provider, login_id, language, accepted, refused, state, given_at)
      ${numbered(`${id(`0000005${version}`)}, ${userId}, 'profile', 'profile', ${version}, 'acme', ${provider}, ${id('00000004')}, 'en',
        '["email"]', '[]', CASE n % 100 WHEN 7 THEN 'refused' ELSE 'accepted' END, ${time(version)}`)}`,
  ),
  `INSERT INTO application_consents (id, subject, application_id, application, claims, given_at)
    ${numbered(`${id('00000006')}, ${userId}, 'intranet', 'intranet', '["email"]', ${time(3)}`)}`,
];

/** Fills a migrated database with {@link population} users. */
export async function populate(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    for (const insert of inserts) await tx.query(insert);
  });
}

/** Lets the database count what is there, as it does by itself sooner or later on MySQL and never on SQLite. */
export async function analyze(database: Database): Promise<void> {
  const tables = [
    'users',
    'user_keys',
    'accounts',
    'account_memberships',
    'account_links',
    'journal_entries',
    'logins',
    'consent_receipts',
    'application_consents',
  ];
  const statement = database.dialect === 'mysql' ? `ANALYZE TABLE ${tables.join(', ')}` : 'ANALYZE';
  await database.transaction((tx) => tx.query(statement));
}
