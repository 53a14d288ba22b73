import type { JobDetailDto, JobDto } from '@foyer/jobs';

const headings = ['ID', 'STATUS', 'KIND', 'IDENTITY PROVIDER', 'USER', 'ATTEMPTS', 'CREATED', 'CODE'];

/** A table, a line for each job. */
export function jobsAsText(jobs: readonly JobDto[]): string {
  if (jobs.length === 0) return 'No jobs.\n';
  const rows = [headings, ...jobs.map(rowOf)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Everything that is known of a job, for people. */
export function jobAsText(job: JobDetailDto): string {
  const lines: [string, string | null][] = [
    ['Job', job.id],
    ['Status', statusOf(job)],
    ['Kind', job.kind],
    ['User', job.userId],
    ['Lane', job.paused ? `${job.lane} (paused)` : job.lane],
    ['Login', job.loginId],
    ['Trace', job.traceId],
    ['Priority', job.priority],
    ['Created', job.createdAt],
    ['Due', job.dueAt],
    ['Started', job.startedAt],
    ['Ended', job.endedAt],
    ['Worker', job.worker],
    ['Reason', reasonOf(job)],
  ];
  const facts = lines.filter(([, value]) => value !== null).map(([name, value]) => `${name.padEnd(10)}${value}\n`);
  return [...facts, ...job.attempts.map(attemptAsText)].join('');
}

function attemptAsText(attempt: JobDetailDto['attempts'][number]): string {
  const { number, outcome, startedAt, durationMs, worker, plan } = attempt;
  const head = `\nAttempt ${number}: ${outcome}, ${startedAt}, ${durationMs} ms, ${worker}\n`;
  const reason = reasonOf(attempt);
  return `${head}${reason === null ? '' : `  ${reason}\n`}${plan === null ? '' : `  Plan: ${JSON.stringify(plan)}\n`}`;
}

const rowOf = (job: JobDto): string[] => [
  ...[job.id, statusOf(job), job.kind, job.identityProvider, job.userId],
  ...[String(job.attemptCount), job.createdAt, job.code ?? ''],
];

const statusOf = ({ status, waitsFor }: JobDto): string => (waitsFor === null ? status : `${status} (${waitsFor})`);

const reasonOf = ({ code, message }: { readonly code: string | null; readonly message: string | null }): string | null =>
  code === null ? null : message === null ? code : `${code}: ${message}`;
