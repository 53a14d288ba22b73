import { Injectable } from '@nestjs/common';

/** Whether this process wants to be asked: what `/health/ready` says besides the state of what it needs. */
@Injectable()
export class Readiness {
  private isLeaving = false;

  get leaving(): boolean {
    return this.isLeaving;
  }

  /** From now on `/health/ready` answers 503, so that load balancers turn to other servers while this one still answers what comes. */
  leave(): void {
    this.isLeaving = true;
  }
}
