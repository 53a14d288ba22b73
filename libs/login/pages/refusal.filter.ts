import { Catch, Inject, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientAddresses, databaseFault, FoyerError, LOGGER, toProblem, type Logger } from '@foyer/platform';
import { LoginMetrics } from '../log/login-metrics.js';
import { LoginRefused } from '../refusal.js';
import { LoginPages } from './login-pages.js';
import { PageWriter } from './page-writer.js';

/** Shows every error of a page's route as a page, counts and logs it. */
@Catch()
@Injectable()
export class RefusalFilter implements ExceptionFilter {
  constructor(
    private readonly pages: LoginPages,
    private readonly writer: PageWriter,
    private readonly metrics: LoginMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly addresses: ClientAddresses,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<IncomingMessage>(), http.getResponse<ServerResponse>());
  }

  /** Also for what stands before Nest and Express. */
  answer(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    const error = asFoyerError(thrown);
    const line = {
      code: error.code,
      loginId: error instanceof LoginRefused ? error.about?.loginId : undefined,
      address: this.addresses.of(request),
    };
    if (error.kind === 'internal') this.logger.error({ ...line, err: thrown }, 'login page failed');
    else this.logger.warn(line, 'login request refused');
    this.metrics.refused(error.code);
    if (response.headersSent) response.destroy();
    else this.writer.page(request, response, this.pages.refusal(error, request.headers.cookie));
  }
}

/** What Express and its parsers report by a status (a form that is too large, an address that cannot be decoded) is a bad request. */
function asFoyerError(thrown: unknown): FoyerError {
  const error = databaseFault(thrown);
  if (error instanceof FoyerError) return error;
  const known = toProblem(thrown);
  if (known?.status === 404) return new FoyerError('notFound', known.code, known.detail);
  return known && known.status < 500
    ? new LoginRefused('login.badRequest')
    : new FoyerError('internal', 'login.failed', 'The page failed.', { cause: thrown });
}
