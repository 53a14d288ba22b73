import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller, RequireScope, type AdminCaller } from '@foyer/admin-access';
import { ApiListQuery, Database, etagOf, IfMatch, listPage, mapPage, parseInput, type Page, type Precondition } from '@foyer/platform';
import { JobPauses, versionOf } from '../lanes/job-pauses.js';
import { CreateJobPauseDto, JobPauseDto, JobPausePageDto, pausesList, toJobPauseDto } from './job-pause.dto.js';

const path = 'api/v1/jobs/pauses';

/** Lanes whose jobs wait, for administrators. */
@ApiTags('jobs')
@Controller(path)
export class JobPausesController {
  constructor(
    private readonly database: Database,
    private readonly pauses: JobPauses,
  ) {}

  @Get()
  @RequireScope('jobs:read')
  @ApiOperation({ summary: 'Lists the lanes that are paused' })
  @ApiListQuery(pausesList)
  @ApiOkResponse({ type: JobPausePageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<JobPauseDto>> {
    return mapPage(await listPage(this.database.read, pausesList, query), toJobPauseDto);
  }

  @Post()
  @RequireScope('jobs:write')
  @ApiOperation({ summary: 'Pauses a lane: its jobs wait until it is resumed. Those that run come to their end.' })
  @ApiBody({ type: CreateJobPauseDto })
  @ApiCreatedResponse({ type: JobPauseDto })
  @ApiConflictResponse({ description: 'It is paused already.' })
  async pause(@Body() body: unknown, @Caller() caller: AdminCaller, @Res({ passthrough: true }) response: Response): Promise<JobPauseDto> {
    const { lane } = parseInput(CreateJobPauseDto, body);
    await this.pauses.pause(lane, caller.subject);
    response.location(`/${path}/${encodeURIComponent(lane)}`);
    return this.read(lane, response);
  }

  @Get(':lane')
  @RequireScope('jobs:read')
  @ApiOperation({ summary: 'Reads since when a lane is paused, and who paused it' })
  @ApiOkResponse({ type: JobPauseDto })
  @ApiNotFoundResponse({ description: 'It is not paused.' })
  async read(@Param('lane') lane: string, @Res({ passthrough: true }) response: Response): Promise<JobPauseDto> {
    const pause = await this.pauses.get(lane);
    response.header('ETag', etagOf(versionOf(pause)));
    return toJobPauseDto(pause);
  }

  @Delete(':lane')
  @HttpCode(204)
  @RequireScope('jobs:write')
  @ApiOperation({ summary: 'Resumes a lane: its jobs go on' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'It is not paused.' })
  async resume(@Param('lane') lane: string, @IfMatch() precondition: Precondition, @Caller() caller: AdminCaller): Promise<void> {
    await this.pauses.resume(lane, caller.subject, precondition);
  }
}
