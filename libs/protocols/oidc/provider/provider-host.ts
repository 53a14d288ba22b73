import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger, Metrics } from '@foyer/platform';
import type { SigningKeys, SigningKeySet } from '../keys/signing-keys.js';
import { buildProvider } from './build.js';
import { answerUnavailable, reportEvents } from './events.js';
import { heldNotices } from './oidc-provider.js';
import type { ProviderParts } from './parts.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Runs the provider of the current keys. When they change a new one takes its place; requests under way finish on the old one. */
export class ProviderHost {
  private current: Handle | undefined;

  constructor(
    private readonly parts: ProviderParts,
    private readonly keys: SigningKeys,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** Call once the keys have started. */
  start(): void {
    for (const notice of heldNotices.splice(0)) this.logger.debug(notice);
    this.take(this.keys.current);
    this.keys.onChange((keys) => this.take(keys));
  }

  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.current) throw new Error('OpenID Connect has not been started');
    return this.current(request, response);
  }

  private take(keys: SigningKeySet): void {
    const provider = buildProvider(this.parts, keys);
    reportEvents(provider, this.logger, this.metrics);
    answerUnavailable(provider);
    this.current = provider.callback();
  }
}
