import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AdminAccess, covers } from '@foyer/admin-access';
import { FoyerError, LOGGER, Metrics, OpenAnswers, type Logger } from '@foyer/platform';
import { JOB_EVENTS, type JobEvents } from '../events/job-events.js';
import { JobEventStream, type StreamPace } from './job-event-stream.js';

/** Streams that a process has at the same time. */
const mostStreams = 100;
const busyRetrySeconds = 30;
const pace: StreamPace = { gatherMs: 250, heartbeatMs: 15_000, mostAtOnce: 500 };

/** Tells administrators of jobs that change, for as long as they listen and may. */
@Injectable()
export class JobEventStreams {
  private count = 0;

  constructor(
    @Inject(JOB_EVENTS) private readonly events: JobEvents,
    private readonly access: AdminAccess,
    private readonly open: OpenAnswers,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    metrics.observed('job_event_streams', 'Administrators who are told of jobs as they change.', () => this.count);
  }

  /**
   * Answers with a stream. The caller was found to have the scope `jobs:read`.
   * @throws FoyerError `jobs.tooManyStreams`, `server.stopping`
   */
  start(request: IncomingMessage, response: ServerResponse): void {
    if (this.count >= mostStreams) {
      const message = `${mostStreams} are watching jobs on this server already. Try again later.`;
      throw new FoyerError('tooMany', 'jobs.tooManyStreams', message, { retryAfter: busyRetrySeconds });
    }
    let stream: JobEventStream | undefined;
    const forget = this.open.add(() => stream?.end());
    this.count += 1;
    const ended = (): void => {
      this.count -= 1;
      forget();
    };
    stream = new JobEventStream(response, this.events, pace, () => this.mayStill(request), ended);
  }

  /** A token that expired or was revoked, or an account that is disabled by now, ends the stream. That the database is away does not. */
  private async mayStill(request: IncomingMessage): Promise<boolean> {
    try {
      return covers((await this.access.authenticate(request)).scopes, 'jobs:read');
    } catch (error) {
      if (error instanceof FoyerError && error.kind === 'unauthenticated') return false;
      this.logger.debug({ err: error }, 'Whether a stream of events may go on cannot be told at the moment');
      return true;
    }
  }
}
