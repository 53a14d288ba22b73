import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock, ShortLivedState, StateEntry } from '@foyer/platform';
import { errors } from '../provider/oidc-provider.js';

/** Every entry of a person's, of whatever kind, in {@link ShortLivedState}. */
export const groupOfSubject = (subject: string): string => `user:${subject}`;

/** Models that stand for a person's standing: what revoking a person ends. Tokens are worth nothing without their grant or session. */
const ofSubject = new Set(['Session', 'Grant']);

/** What an interaction needs to be resumed. The rest (prompt, session, …) is told to the login flow once and not kept. */
const keptOfInteraction = new Set(['jti', 'kind', 'iat', 'exp', 'params', 'trusted', 'parJti', 'result']);

/**
 * Keeps the artefacts of one model of `oidc-provider` in short-lived state; the model's name is the kind.
 *
 * As little as possible is written: tokens have no index of their grant, because each use of a token looks its grant up, and removing the grant
 * thus revokes them all; they are swept when they expire. What may happen only once is decided by one atomic operation of the state.
 */
export class ArtefactAdapter implements Adapter {
  constructor(
    private readonly kind: string,
    private readonly state: ShortLivedState,
    private readonly clock: Clock,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    if (expiresIn === undefined) throw new TypeError(`${this.kind} must expire`);
    const expiresAt = this.clock.now() + expiresIn * 1000;
    if (this.kind === 'ReplayDetection') {
      if (!(await this.state.create(this.kind, id, { value: payload, expiresAt })))
        throw new errors.InvalidClientAuth('client assertion was used already');
      return;
    }
    const groups = ofSubject.has(this.kind) && payload.accountId ? [groupOfSubject(payload.accountId)] : undefined;
    const alias = this.kind === 'Session' ? payload.uid : undefined;
    await this.state.put(this.kind, id, { value: this.kept(payload), expiresAt, groups, alias });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return payloadOf(await this.state.get(this.kind, id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return payloadOf(await this.state.getByAlias(this.kind, uid));
  }

  /** Codes for devices are not offered. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  /**
   * Marks a code, a refresh token or a pushed request as used: of many at the same time one gets through. The others end the grant, as using one
   * again later does (RFC 6749 §4.1.2, RFC 9700 §4.14.2): `oidc-provider` itself checks before it writes, which leaves a gap.
   */
  async consume(id: string): Promise<void> {
    const entry = await this.state.get(this.kind, id);
    const payload = payloadOf(entry);
    if (entry && payload && payload.consumed === undefined) {
      const consumed = Math.floor(this.clock.now() / 1000);
      const groups = undefined;
      if (await this.state.replace(this.kind, id, entry.version, { value: { ...payload, consumed }, expiresAt: entry.expiresAt, groups }))
        return;
    }
    if (this.kind === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was used already');
    if (payload?.grantId) await this.state.remove('Grant', payload.grantId);
    throw new errors.InvalidGrant(`${this.kind} was used already`);
  }

  async destroy(id: string): Promise<void> {
    if (this.kind !== 'Interaction') return this.state.remove(this.kind, id);
    // Resuming destroys the interaction before it answers: taking makes sure that one login is answered once.
    if (!(await this.state.take(this.kind, id))) throw new errors.SessionNotFound('this login was answered already');
  }

  /** The grant itself is destroyed with this call (`revokeGrantPolicy`), and that is what counts. */
  async revokeByGrantId(): Promise<void> {}

  private kept(payload: AdapterPayload): unknown {
    if (this.kind !== 'Interaction') return payload;
    return Object.fromEntries(Object.entries(payload).filter(([name]) => keptOfInteraction.has(name)));
  }
}

const isPayload = (value: unknown): value is AdapterPayload => typeof value === 'object' && value !== null && !Array.isArray(value);

const payloadOf = (entry: StateEntry | undefined): AdapterPayload | undefined =>
  entry && isPayload(entry.value) ? entry.value : undefined;
