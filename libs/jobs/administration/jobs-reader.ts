import { Injectable } from '@nestjs/common';
import { Database, databaseTime, listPage, mapPage, type Page } from '@foyer/platform';
import { JobPauses } from '../lanes/job-pauses.js';
import { JobAttemptRow } from '../store/job-attempt.row.js';
import { JobRow } from '../store/job.row.js';
import { jobNotFound } from './faults.js';
import { toAttemptDto, toJobDto, type JobDetailDto, type JobDto } from './job.dto.js';
import { jobsList } from './jobs-list.js';

/** Jobs as administrators see them: without what they know, which may be claims. */
@Injectable()
export class JobsReader {
  constructor(
    private readonly database: Database,
    private readonly pauses: JobPauses,
  ) {}

  /** @throws FoyerError `input.invalid` */
  async page(query: Readonly<Record<string, unknown>>): Promise<Page<JobDto>> {
    const page = await listPage(this.database.read, jobsList, query);
    const [paused, now] = await Promise.all([this.pauses.among(page.items.map(({ lane }) => lane)), this.now()]);
    return mapPage(page, (row) => toJobDto(row, paused.has(row.lane), now));
  }

  /** @throws FoyerError `job.notFound` */
  async read(id: string): Promise<{ readonly dto: JobDetailDto; readonly version: number }> {
    const { read } = this.database;
    const row = await read.findOneBy(JobRow, { id });
    if (!row) throw jobNotFound();
    const [attempts, paused, now] = await Promise.all([
      read.find(JobAttemptRow, { where: { jobId: id }, order: { number: 'ASC' } }),
      this.pauses.among([row.lane]),
      this.now(),
    ]);
    const job = toJobDto(row, paused.has(row.lane), now);
    return { dto: Object.assign(job, { attempts: attempts.map((attempt) => toAttemptDto(attempt, row)) }), version: row.version };
  }

  private async now(): Promise<number> {
    const { read } = this.database;
    const [row]: { now: number }[] = await read.query(`SELECT ${databaseTime(read)} AS now`);
    return Number(row?.now);
  }
}
