import type { OnApplicationShutdown } from '@nestjs/common';
import type { Clock, Database, Logger, Settings, SettingsRevision, Transaction, Vault } from '@foyer/platform';
import { isSigningAlgorithm, newKeyPair, signingAlgorithms, type KeyPair, type SigningAlgorithm } from './key-pair.js';
import { ProviderKey } from './provider-key.js';
import { SigningKeyRow, stateOf, type SigningKeyState } from './signing-key-row.js';

/** How long others may keep our JWKS: said in its `Cache-Control`, and waited for before a new key signs. Seconds. */
export const jwksCacheSeconds = 3600;

const checkMs = 30_000;
const dayMs = 86_400_000;
const sealedFor = 'signingKey.privateKey';

/** The keys as of one moment. `version` changes when any key or its state does. */
export interface SigningKeySet {
  readonly version: string;
  /** Those that sign come first; all are published. */
  readonly keys: readonly ProviderKey[];
}

/** What an administrator sees of a key. */
export interface SigningKeyInfo {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly signsFrom: number;
  readonly signsUntil: number | null;
}

/** Called when the keys, or what they are for, have changed. */
export type KeysListener = (keys: SigningKeySet) => void;

/**
 * The keys that sign tokens: made at the first start, kept sealed, replaced by age or on command. A new key is published for as long as others may
 * cache the JWKS before it signs, and an old one stays published until what it signed has expired.
 */
export class SigningKeys implements OnApplicationShutdown {
  private readonly listeners = new Set<KeysListener>();
  private readonly opened = new Map<string, ProviderKey>();
  /** Seals what only Foyer reads: access tokens for userinfo, codes. */
  readonly sealingKey: Buffer;
  /** Makes pairwise subjects: unlike the keys that sign, it never changes. */
  readonly pairwiseKey: Buffer;
  private set: SigningKeySet = { version: '', keys: [] };
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly revision: SettingsRevision,
    private readonly vault: Vault,
    private readonly settings: Pick<Settings, 'lifetimes' | 'signingKeyDays'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.sealingKey = vault.derive('oidc-tokens');
    this.pairwiseKey = vault.derive('oidc-pairwise-subjects');
  }

  get current(): SigningKeySet {
    return this.set;
  }

  onChange(listener: KeysListener): void {
    this.listeners.add(listener);
  }

  /** Makes the keys of a first start, takes the stored ones over, and follows changes from then on. */
  async start(): Promise<void> {
    await this.mintMissing();
    await this.follow();
    this.unsubscribe = this.revision.onChange(() => this.follow());
    this.timer = setInterval(() => void this.keepUp(), checkMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.unsubscribe?.();
    await this.queue;
  }

  async list(): Promise<readonly SigningKeyInfo[]> {
    const now = this.clock.now();
    return (await this.rows()).map((row) => ({
      kid: row.id,
      alg: row.alg,
      state: stateOf(row, now),
      signsFrom: row.signsFrom,
      signsUntil: row.signsUntil,
    }));
  }

  /**
   * Publishes a new key for each algorithm, which signs from one JWKS cache time on. An algorithm whose next key is published already is left alone.
   * @returns the `kid`s of the new keys
   */
  rotate(algorithms: readonly SigningAlgorithm[] = signingAlgorithms): Promise<readonly string[]> {
    return this.mint(algorithms, 'pending');
  }

  /** Replaces keys that are old enough, and forgets what is of no use any more. */
  async keepUp(): Promise<void> {
    try {
      await this.rotateByAge();
      await this.cleanUp();
      await this.follow();
    } catch (error) {
      this.logger.warn({ err: error }, 'Signing keys could not be looked after; trying again');
    }
  }

  private async mintMissing(): Promise<void> {
    const now = this.clock.now();
    const rows = await this.rows();
    const missing = signingAlgorithms.filter((alg) => !rows.some((row) => row.alg === alg && stateOf(row, now) === 'active'));
    if (missing.length > 0) await this.mint(missing, 'active');
  }

  /** Makes keys for the algorithms that have none in the given state. Asked again inside the transaction: another process may have been faster. */
  private async mint(algorithms: readonly SigningAlgorithm[], unless: SigningKeyState): Promise<readonly string[]> {
    const pairs = await Promise.all(algorithms.map(newKeyPair));
    const minted = await this.revision.change(async (tx) => {
      const now = this.clock.now();
      const rows = await this.rows(tx);
      const wanted = pairs.filter((pair) => !rows.some((row) => row.alg === pair.alg && stateOf(row, now) === unless));
      for (const pair of wanted) {
        const predecessors = rows.filter((row) => row.alg === pair.alg && stateOf(row, now) === 'active');
        const signsFrom = predecessors.length === 0 ? now : now + jwksCacheSeconds * 1000;
        await this.retire(tx, predecessors, signsFrom);
        await this.insert(tx, pair, now, signsFrom);
      }
      return wanted.map((pair) => pair.kid);
    });
    await this.follow();
    return minted;
  }

  private async rotateByAge(): Promise<void> {
    const now = this.clock.now();
    const leadMs = jwksCacheSeconds * 1000;
    const oldest = now + leadMs - this.settings.signingKeyDays * dayMs;
    const rows = await this.rows();
    const old = rows.filter((row) => row.signsUntil === null && row.signsFrom <= oldest).map((row) => row.alg);
    if (old.length > 0) await this.rotate(old);
  }

  private async cleanUp(): Promise<void> {
    const now = this.clock.now();
    const rows = await this.rows();
    const stale = rows.filter((row) => stateOf(row, now) === 'expired' || (stateOf(row, now) === 'retired' && row.privateKey !== null));
    if (stale.length === 0) return;
    await this.database.transaction(async (tx) => {
      await tx.query('DELETE FROM signing_keys WHERE published_until <= ?', [now]);
      await tx.query('UPDATE signing_keys SET private_key = NULL WHERE signs_until <= ?', [now]);
    });
  }

  private async retire(tx: Transaction, rows: readonly SigningKeyRow[], at: number): Promise<void> {
    const { accessToken, idToken, session } = this.settings.lifetimes;
    const publishedUntil = at + (Math.max(accessToken, idToken, session) + jwksCacheSeconds) * 1000;
    for (const row of rows) await tx.update(SigningKeyRow, { id: row.id }, { signsUntil: at, publishedUntil });
  }

  private async insert(tx: Transaction, pair: KeyPair, publishedAt: number, signsFrom: number): Promise<void> {
    const privateKey = this.vault.seal(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), sealedFor);
    await tx.insert(SigningKeyRow, {
      ...{ id: pair.kid, alg: pair.alg, publicKey: pair.publicKey, privateKey, publishedAt, signsFrom },
      ...{ signsUntil: null, publishedUntil: null },
    });
  }

  /** Takes over what is stored, if it differs from what is known. One at a time. */
  private follow(): Promise<void> {
    const next = this.queue.then(() => this.takeOver());
    this.queue = next.catch(() => undefined);
    return next;
  }

  private async takeOver(): Promise<void> {
    const now = this.clock.now();
    const rows = (await this.rows()).filter((row) => stateOf(row, now) !== 'expired');
    const version = rows.map((row) => `${row.id}:${stateOf(row, now)}`).join();
    if (version === this.set.version) return;
    const rank: Readonly<Record<SigningKeyState, number>> = { active: 0, pending: 1, retired: 2, expired: 3 };
    const ordered = rows.toSorted((one, other) => rank[stateOf(one, now)] - rank[stateOf(other, now)]);
    this.set = { version, keys: ordered.map((row) => this.open(row, stateOf(row, now))) };
    for (const listener of this.listeners) listener(this.set);
  }

  private open(row: SigningKeyRow & { alg: SigningAlgorithm }, state: SigningKeyState): ProviderKey {
    if (state === 'retired') return new ProviderKey(row.id, row.alg, row.publicKey, undefined);
    const known = this.opened.get(row.id);
    if (known) return known;
    const pem = row.privateKey === null ? undefined : this.vault.open(row.privateKey, sealedFor);
    const key = new ProviderKey(row.id, row.alg, row.publicKey, pem);
    this.opened.set(row.id, key);
    return key;
  }

  /** By the time from which they sign, newest first; of two that sign at once, all processes take the same. */
  private async rows(tx: Transaction = this.database.read): Promise<(SigningKeyRow & { alg: SigningAlgorithm })[]> {
    const rows = await tx.find(SigningKeyRow, { order: { signsFrom: 'DESC', id: 'ASC' } });
    return rows.filter((row): row is SigningKeyRow & { alg: SigningAlgorithm } => isSigningAlgorithm(row.alg));
  }
}
