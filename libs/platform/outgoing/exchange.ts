import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { errorCode } from '../errors/error-code.js';
import { FoyerError } from '../errors/foyer-error.js';

export interface ExchangeRequest extends Dispatcher.DispatchOptions {
  readonly origin: string;
}

export interface ExchangeLimits {
  /** For everything, from connecting to the last byte. */
  readonly timeoutMs: number;
  /** Of the body, as it is sent and as it is after decompression. */
  readonly maxResponseBytes: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: Buffer;
}

type Controller = Dispatcher.DispatchController;
type Handler = Required<
  Pick<Dispatcher.DispatchHandler, 'onRequestStart' | 'onResponseStart' | 'onResponseData' | 'onResponseEnd' | 'onResponseError'>
>;

/**
 * One request and its whole answer, within limits. Undici's dispatch is used directly: the answer is collected anyway, and a stream for it would
 * only cost time.
 * @param signal the caller's own; its reason is thrown
 */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  limits: ExchangeLimits,
  signal?: AbortSignal | null,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Controller | undefined;
    let settled = false;
    const settle = (outcome: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      outcome();
    };
    const fail = (error: unknown): void => {
      settle(() => reject(error instanceof Error ? error : new Error('aborted', { cause: error })));
      controller?.abort(error instanceof Error ? error : new Error('aborted'));
    };
    const aborted = (): void => fail(signal?.reason);
    const timer = setTimeout(() => fail(timedOut(request.origin, limits.timeoutMs)), limits.timeoutMs);
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    const handler = new Collector(request.origin, limits.maxResponseBytes, {
      started: (started) => {
        controller = started;
        // A request that waited for its connection until after the deadline is not sent any more.
        if (settled) started.abort(new Error('aborted'));
      },
      finished: (answer) => settle(() => resolve(answer)),
      failed: (error) => settle(() => reject(translated(error, request.origin))),
    });
    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      fail(error);
    }
  });
}

interface Outcome {
  started(controller: Controller): void;
  finished(answer: RawAnswer): void;
  failed(error: Error): void;
}

class Collector implements Handler {
  private status = 0;
  private headers: [string, string][] = [];
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(
    private readonly origin: string,
    private readonly maxBytes: number,
    private readonly outcome: Outcome,
  ) {}

  onRequestStart(controller: Controller): void {
    this.outcome.started(controller);
  }

  onResponseStart(controller: Controller, status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    // Informational answers (1xx) precede the real one.
    if (status < 200) return;
    this.status = status;
    this.headers = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]));
    if (Number(headers['content-length']) > this.maxBytes) controller.abort(tooLarge(this.origin, this.maxBytes));
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.maxBytes) controller.abort(tooLarge(this.origin, this.maxBytes));
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
    this.outcome.finished({ status: this.status, headers: this.headers, body });
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.outcome.failed(error);
  }
}

const decoders: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** The body as it was before `Content-Encoding`. None is asked for, but some servers compress anyway. */
export async function decoded(answer: RawAnswer, origin: string, maxBytes: number): Promise<Buffer> {
  const encoding = answer.headers.find(([name]) => name === 'content-encoding')?.[1].toLowerCase() ?? 'identity';
  if (encoding === 'identity' || answer.body.length === 0) return answer.body;
  const decode = decoders[encoding];
  if (!decode) throw garbage(origin, `content-encoding ${encoding}`);
  try {
    return await decode(answer.body, { maxOutputLength: maxBytes });
  } catch (error) {
    throw errorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(origin, maxBytes) : garbage(origin, error);
  }
}

const timedOut = (origin: string, timeoutMs: number): FoyerError =>
  new FoyerError('upstreamSilent', 'outgoing.timeout', `${origin} did not answer within ${timeoutMs} ms.`);

const tooLarge = (origin: string, maxBytes: number): FoyerError =>
  new FoyerError('upstreamWrong', 'outgoing.tooLarge', `The answer of ${origin} is longer than ${maxBytes} bytes.`);

export const garbage = (origin: string, cause: unknown): FoyerError =>
  new FoyerError('upstreamWrong', 'outgoing.garbage', `${origin} answered something that is not HTTP as it should be.`, { cause });

/** What Node and undici report, in our terms. */
function translated(error: Error, origin: string): Error {
  if (error instanceof FoyerError) return error;
  const code = errorCode(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return new FoyerError('upstreamSilent', 'outgoing.timeout', `${origin} did not answer in time.`, { cause: error });
  if (error.name === 'HTTPParserError' || /^UND_ERR_(HEADERS_OVERFLOW|RES)/.test(code)) return garbage(origin, error);
  if (/CERT|TLS|SSL|SIGNATURE|EPROTO/.test(code)) {
    return new FoyerError('upstreamWrong', 'outgoing.untrusted', `${origin} has no TLS certificate that is trusted for it.`, {
      cause: error,
    });
  }
  return new FoyerError('upstreamSilent', 'outgoing.unreachable', `${origin} cannot be reached.`, { cause: error });
}
