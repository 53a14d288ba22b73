import { Inject, Injectable, Optional } from '@nestjs/common';
import { JOB_EVENTS, type JobEvents } from '../events/job-events.js';

export type AnnouncementListener = (ids: readonly string[], inMs: number) => void;

/** Between those who add or free jobs and the driver that brings them to workers: neither knows the other, and there need not be a driver. */
@Injectable()
export class JobAnnouncements {
  private listener: AnnouncementListener | undefined;

  /** @param events tells who watches jobs of those that wait now */
  constructor(@Optional() @Inject(JOB_EVENTS) private readonly events?: Pick<JobEvents, 'publish'>) {}

  /** These wait, have been committed and are due in so many milliseconds. Jobs that nobody announces are found, later. Never throws. */
  announce(ids: readonly string[], inMs = 0): void {
    if (ids.length === 0) return;
    this.events?.publish(ids.map((id) => ({ id, status: 'waiting' })));
    this.listener?.(ids, inMs);
  }

  /** @param listener never throws. There is one driver in a process. */
  onAnnounced(listener: AnnouncementListener): void {
    this.listener = listener;
  }
}
