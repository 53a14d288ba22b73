import { Injectable } from '@nestjs/common';
import { Database, FoyerError, invalidInput, listPage, parseInput } from '@foyer/platform';
import type { JobRow } from '../store/job.row.js';
import { BulkJobsDto, type BulkResultDto } from './bulk-jobs.dto.js';
import { JobAdministration } from './job-administration.js';
import { jobsList } from './jobs-list.js';

/** Whether a job may be changed. @throws FoyerError of the kind `forbidden` */
export type BulkCheck = (job: JobRow) => Promise<void>;

/** What is said of one job and does not keep the others. */
const ofOneJob = new Set(['conflict', 'notFound', 'forbidden']);

/** Retries or discards dead jobs that have something in common: a bounded number at once, oldest first, each in a transaction of its own. */
@Injectable()
export class BulkJobs {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobAdministration,
  ) {}

  /**
   * @param input a {@link BulkJobsDto}, still to be checked
   * @throws FoyerError `input.invalid`
   */
  retry(input: unknown, by: string): Promise<BulkResultDto> {
    return this.each(parseInput(BulkJobsDto, input), ({ id }) => this.jobs.retry(id, by));
  }

  /** @throws FoyerError `input.invalid`, also when nothing says which: what is discarded is gone */
  async discard(input: unknown, by: string, check: BulkCheck): Promise<BulkResultDto> {
    const wanted = parseInput(BulkJobsDto, input);
    const { limit: _limit, cursor: _cursor, ...filters } = wanted;
    if (Object.keys(filters).length === 0) throw invalidInput([{ path: '', code: 'value.missing', message: 'must say which jobs' }]);
    return this.each(wanted, async (job) => {
      await check(job);
      await this.jobs.discard(job.id, by);
    });
  }

  private async each({ limit, ...wanted }: BulkJobsDto, change: (job: JobRow) => Promise<void>): Promise<BulkResultDto> {
    const query = { ...wanted, status: 'dead', sort: 'createdAt', limit: String(limit) };
    const { items, nextCursor } = await listPage(this.database.read, jobsList, query);
    const skipped: BulkResultDto['skipped'] = [];
    for (const job of items) {
      const code = await refusalOf(() => change(job));
      if (code !== undefined) skipped.push({ id: job.id, code });
    }
    return { changed: items.length - skipped.length, skipped, nextCursor };
  }
}

async function refusalOf(change: () => Promise<void>): Promise<string | undefined> {
  try {
    await change();
    return undefined;
  } catch (error) {
    if (error instanceof FoyerError && ofOneJob.has(error.kind)) return error.code;
    throw error;
  }
}
