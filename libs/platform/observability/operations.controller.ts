import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Database } from '../database/database.js';
import { Public } from '../http/public.js';
import { SHORT_LIVED_STATE, type ShortLivedState } from '../state/short-lived-state.js';
import { LOGGER, type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

const patienceMs = 3_000;

interface Health {
  readonly status: 'up' | 'down';
  readonly checks: Readonly<Record<string, 'up' | 'down' | 'stopping'>>;
}

/** For whoever runs Foyer: is it alive, can it work, what has it done. */
@ApiExcludeController()
@Controller()
@Public()
export class OperationsController {
  constructor(
    private readonly database: Database,
    @Inject(SHORT_LIVED_STATE) private readonly state: ShortLivedState,
    private readonly metricsRegistry: Metrics,
    private readonly readiness: Readiness,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The process answers. */
  @Get('health/live')
  live(@Res({ passthrough: true }) response: Response): Health {
    response.setHeader('Cache-Control', 'no-store');
    return { status: 'up', checks: {} };
  }

  /** What every login needs answers too, and the process is not about to end; 503 names what is not so. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Health> {
    const [database, state] = await Promise.all([
      this.check('database', () => this.database.ping()),
      this.check('state', () => this.state.ping()),
    ]);
    const server = this.readiness.leaving ? 'stopping' : 'up';
    const checks = { server, database, state } as const;
    const status = Object.values(checks).every((check) => check === 'up') ? 'up' : 'down';
    response.setHeader('Cache-Control', 'no-store');
    response.status(status === 'up' ? 200 : 503);
    return { status, checks };
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    const { contentType, body } = await this.metricsRegistry.text();
    response.setHeader('Content-Type', contentType);
    response.send(body);
  }

  private async check(name: string, ping: () => Promise<void>): Promise<'up' | 'down'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${name} did not answer within ${patienceMs} ms`)), patienceMs);
    });
    try {
      await Promise.race([ping(), late]);
      return 'up';
    } catch (error) {
      this.logger.error({ err: error, check: name }, 'not ready');
      return 'down';
    } finally {
      clearTimeout(timer);
    }
  }
}
