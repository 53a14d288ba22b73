import type { Attempt } from './people.js';
import type { Territory } from './territory.js';

/** All that is known of somebody, for whoever has to find out what happened. */
export async function historyOf({ mariadb }: Territory, attempts: readonly Attempt[], person: string): Promise<string> {
  const subject = `(SELECT user_id FROM account_links WHERE subject = 'subject-of-${person}')`;
  const ofJobs = `job_id IN (SELECT id FROM jobs WHERE subject_id = ${subject})`;
  const parts = {
    logins: attempts.filter((attempt) => attempt.person === person),
    user: await mariadb.query(`SELECT * FROM users WHERE id = ${subject}`),
    jobs: await mariadb.query(`SELECT * FROM jobs WHERE subject_id = ${subject} ORDER BY sequence`),
    attempts: await mariadb.query(`SELECT * FROM job_attempts WHERE ${ofJobs} ORDER BY started_at`),
    journal: await mariadb.query(`SELECT * FROM journal_entries WHERE user_id = ${subject} ORDER BY created_at`),
  };
  return Object.entries(parts)
    .flatMap(([name, rows]) => rows.map((row) => `${person} ${name}: ${JSON.stringify(row)}`))
    .join('\n');
}
