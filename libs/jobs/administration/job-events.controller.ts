import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags, ApiTooManyRequestsResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { RequireScope } from '@foyer/admin-access';
import { JobEventStreams } from './job-event-streams.js';

/** What changes about jobs, as it changes. */
@ApiTags('jobs')
@RequireScope('jobs:read')
@Controller('api/v1/jobs/events')
export class JobEventsController {
  constructor(private readonly streams: JobEventStreams) {}

  @Get()
  @ApiOperation({
    summary: 'Tells of jobs as they change, by server-sent events',
    description:
      'Event `jobs`: a list of `{ id, status }` of jobs that changed, of each the latest that was heard. Processes are heard one a moment after another, so ' +
      'read a job for what it is now. Event `reload`: anything may have changed, also at the beginning; after it nothing is missed without another one. ' +
      'The stream ends when the access token does.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiTooManyRequestsResponse({ description: 'As many are watching on this server as it lets.' })
  watch(@Req() request: Request, @Res() response: Response): void {
    this.streams.start(request, response);
  }
}
