import type { AdapterPayload } from 'oidc-provider';
import { groupOfUser } from '@foyer/login';
import type { Clock, ShortLivedState, StateEntry } from '@foyer/platform';
import { errors } from '../provider/oidc-provider.js';
import { ModelAdapter } from './adapter.js';
import { hidesId, payloadOf, storedId } from './payload.js';
import type { RevokedGrants } from './revoked-grants.js';
import { byOwn, byShared } from './shared-time.js';

/** What an interaction needs to be resumed. The rest (prompt, session, …) is told to the login flow once and not kept. */
const keptOfInteraction = new Set(['jti', 'kind', 'iat', 'exp', 'params', 'trusted', 'parJti', 'result']);

/**
 * Keeps the artefacts of one model of `oidc-provider` in short-lived state; the model's name is the kind. What may happen only once is decided by
 * one atomic operation of the state.
 */
export class ArtefactAdapter extends ModelAdapter {
  constructor(
    kind: string,
    private readonly state: ShortLivedState,
    private readonly revoked: RevokedGrants,
    private readonly clock: Clock,
  ) {
    super(kind);
  }

  override async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    if (expiresIn === undefined) throw new TypeError(`${this.kind} must expire`);
    const expiresAt = this.clock.now() + expiresIn * 1000;
    if (this.kind === 'ReplayDetection') {
      if (await this.state.create(this.kind, id, { value: 1, expiresAt })) return;
      throw new errors.InvalidClientAuth('client assertion was used already');
    }
    const isSession = this.kind === 'Session';
    const groups = isSession && payload.accountId !== undefined ? [groupOfUser(payload.accountId)] : undefined;
    await this.state.put(this.kind, this.key(id), {
      value: this.kept(byShared(this.clock, payload)),
      expiresAt,
      groups,
      alias: isSession ? payload.uid : undefined,
    });
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const entry = await this.state.get(this.kind, this.key(id));
    if (this.kind === 'ReplayDetection') return entry && {};
    const payload = this.found(entry);
    return payload && hidesId(this.kind) ? { ...payload, jti: id } : payload;
  }

  /** Without `jti` where that is hidden: what is found so can be looked at, and not be saved. */
  override async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.found(await this.state.getByAlias(this.kind, uid));
  }

  /**
   * Marks a refresh token or a pushed request as used: of many at the same time one gets through. The others end the grant, as using one again
   * later does (RFC 9700 §4.14.2): `oidc-provider` by itself looks before it writes, which leaves a gap.
   */
  override async consume(id: string): Promise<void> {
    const key = this.key(id);
    const entry = await this.state.get(this.kind, key);
    const payload = payloadOf(this.kind, entry);
    if (entry && payload && payload.consumed === undefined) {
      const consumed = Math.floor(this.clock.now() / 1000);
      if (await this.state.replace(this.kind, key, entry.version, { value: { ...payload, consumed }, expiresAt: entry.expiresAt })) return;
    }
    if (this.kind === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was used already');
    if (payload?.grantId) await this.revoked.add(payload.grantId);
    throw new errors.InvalidGrant(`${this.kind} was used already`);
  }

  override async destroy(id: string): Promise<void> {
    if (this.kind !== 'Interaction') return this.state.remove(this.kind, this.key(id));
    // Resuming destroys the interaction before it answers: taking makes sure that one login is answered once.
    if (!(await this.state.take(this.kind, id))) throw new errors.SessionNotFound('this login was answered already');
  }

  private readonly key = (id: string): string => storedId(this.kind, id);

  private found(entry: StateEntry | undefined): AdapterPayload | undefined {
    const payload = payloadOf(this.kind, entry);
    return payload && byOwn(this.clock, payload);
  }

  private kept(payload: AdapterPayload): unknown {
    if (hidesId(this.kind)) return { ...payload, jti: undefined };
    if (this.kind !== 'Interaction') return payload;
    return Object.fromEntries(Object.entries(payload).filter(([name]) => keptOfInteraction.has(name)));
  }
}
