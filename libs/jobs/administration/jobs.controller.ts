import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConflictResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ADMIN_ACCOUNTS, Caller, covers, mayChangeHolder, RequireScope, type AdminAccounts, type AdminCaller } from '@foyer/admin-access';
import { ApiListQuery, etagOf, precondition, type Page, type Precondition } from '@foyer/platform';
import { BulkJobsDto, BulkResultDto } from './bulk-jobs.dto.js';
import { BulkJobs } from './bulk-jobs.js';
import { JobAdministration } from './job-administration.js';
import { JobDetailDto, JobDto, JobPageDto } from './job.dto.js';
import { jobsList } from './jobs-list.js';
import { JobsReader } from './jobs-reader.js';

const optionalIfMatch = { name: 'If-Match', required: false, description: 'Only if the job is still as it was read.' } as const;

/** Jobs, for administrators. */
@ApiTags('jobs')
@Controller('api/v1/jobs')
export class JobsController {
  constructor(
    private readonly reader: JobsReader,
    private readonly administration: JobAdministration,
    private readonly bulk: BulkJobs,
    @Inject(ADMIN_ACCOUNTS) private readonly accounts: AdminAccounts,
  ) {}

  @Get()
  @RequireScope('jobs:read')
  @ApiOperation({ summary: 'Lists jobs' })
  @ApiListQuery(jobsList)
  @ApiOkResponse({ type: JobPageDto })
  list(@Query() query: Record<string, unknown>): Promise<Page<JobDto>> {
    return this.reader.page(query);
  }

  @Post('retry')
  @HttpCode(200)
  @RequireScope('jobs:write')
  @ApiOperation({ summary: 'Retries dead jobs that have something in common, at most 500 in a request' })
  @ApiBody({ type: BulkJobsDto })
  @ApiOkResponse({ type: BulkResultDto })
  retryMany(@Body() body: unknown, @Caller() caller: AdminCaller): Promise<BulkResultDto> {
    return this.bulk.retry(body, caller.subject);
  }

  @Post('discard')
  @HttpCode(200)
  @RequireScope('jobs:write')
  @ApiOperation({ summary: 'Discards dead jobs that have something in common, at most 500 in a request; the body must say what that is' })
  @ApiBody({ type: BulkJobsDto })
  @ApiOkResponse({ type: BulkResultDto })
  discardMany(@Body() body: unknown, @Caller() caller: AdminCaller): Promise<BulkResultDto> {
    return this.bulk.discard(body, caller.subject, ({ subjectId }) => this.checkHolder(caller, subjectId));
  }

  @Get(':id')
  @RequireScope('jobs:read')
  @ApiOperation({ summary: 'Reads a job with its attempts: why each failed, and what it had planned' })
  @ApiOkResponse({ type: JobDetailDto })
  @ApiNotFoundResponse()
  async read(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<JobDetailDto> {
    const { dto, version } = await this.reader.read(id);
    response.header('ETag', etagOf({ id, version }));
    return dto;
  }

  @Post(':id/retry')
  @HttpCode(200)
  @RequireScope('jobs:write')
  @ApiOperation({ summary: 'Tries a job again: a dead one, or at once one that waits for its time' })
  @ApiHeader(optionalIfMatch)
  @ApiOkResponse({ type: JobDetailDto })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'It runs, or has ended.' })
  async retry(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: AdminCaller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDetailDto> {
    await this.administration.retry(id, caller.subject, given(ifMatch));
    return this.read(id, response);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @RequireScope('jobs:write')
  @ApiOperation({ summary: 'Ends a job that waits or is dead without it being done, and deletes what it knew; the journal tells of it' })
  @ApiHeader(optionalIfMatch)
  @ApiOkResponse({ type: JobDetailDto })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'It runs, or has ended.' })
  async discard(
    @Param('id') id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: AdminCaller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDetailDto> {
    const { dto } = await this.reader.read(id);
    await this.checkHolder(caller, dto.userId);
    await this.administration.discard(id, caller.subject, given(ifMatch));
    return this.read(id, response);
  }

  /** Who may do everything may do this, too, while the user store is away. */
  private async checkHolder(caller: AdminCaller, userId: string): Promise<void> {
    if (covers(caller.scopes, 'admin')) return;
    const account = await this.accounts.find(userId);
    mayChangeHolder(caller, account?.roles ?? []);
  }
}

/** DESIGN.md §6 wants it for `PATCH` and `DELETE`. Here what can be done is decided by the job's status, under a lock; whoever wants more may say so. */
const given = (ifMatch: string | undefined): Precondition | undefined => (ifMatch === undefined ? undefined : precondition(ifMatch));
