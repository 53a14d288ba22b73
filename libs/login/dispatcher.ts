import type { Clock, FoyerError } from '@foyer/platform';
import { asFoyerError, endingOf, forgetPerson } from './ending.js';
import type { Login } from './login.js';
import type { LoginStore, StoredLogin } from './login-store.js';
import { refuse } from './refusal.js';
import type { FlowRow, LoginInput, StepResult, Turn } from './step.js';

/** How long one request may work on a login before another may take over: longer than any step takes, short enough to wait for. */
export const leaseMs = 30_000;

/** Told once about every login that ended. */
export interface EndingRecorder {
  /**
   * @param login as it was at its end, with its ending
   * @param error what ended it, with its cause for the log; undefined when it was answered
   */
  record(login: Login, error: FoyerError | undefined): Promise<void>;
}

export interface Advanced {
  readonly login: Login;
  readonly turn: Turn;
}

/** Does the steps that are due, one after the other, and stores what each has done before the next begins. */
export class Dispatcher {
  constructor(
    private readonly rows: readonly FlowRow[],
    private readonly store: LoginStore,
    private readonly recorder: EndingRecorder,
    private readonly clock: Clock,
  ) {}

  /**
   * Goes on until the browser has to act or the login has ended.
   * @throws LoginRefused `login.repeated` when another request was faster
   */
  async advance(from: StoredLogin, input: LoginInput): Promise<Advanced> {
    let { login, version } = from;
    for (;;) {
      const row = this.rows.find(({ due }) => due(login));
      if (!row) throw new Error(`Login ${login.id}: no step is due, and none gave the browser its turn`);
      let result: StepResult;
      try {
        result = await row.does(login, input);
      } catch (error) {
        return this.fail({ login, version }, row, asFoyerError(error));
      }
      login = { ...login, ...result.stores };
      if (result.turn === undefined && row.due(login)) throw new Error(`Login ${login.id}: ${row.step} left itself due`);
      if (login.ending) return this.end(login, version, result.turn ?? { kind: 'problem' }, undefined);
      if (result.turn) {
        // A page that is shown again (a wrong password) changes nothing, unless this request keeps others off until it has shown it.
        if (result.stores !== undefined || version === 0 || login.busyUntil !== undefined) {
          await this.save({ ...login, busyUntil: undefined }, version);
        }
        return { login, turn: result.turn };
      }
      if (row.stored === 'now') version = await this.save({ ...login, busyUntil: this.clock.now() + leaseMs }, version);
    }
  }

  /** Ends a login whose person gave it up. */
  abandon(stored: StoredLogin, reason: FoyerError): Promise<Advanced> {
    const row = this.rows.find(({ due }) => due(stored.login));
    if (!row) throw new Error(`Login ${stored.login.id} has ended already`);
    return this.fail(stored, row, reason);
  }

  private fail({ login, version }: StoredLogin, row: FlowRow, error: FoyerError): Promise<Advanced> {
    const ending = endingOf(error, row.step, this.clock.now());
    return this.end({ ...login, ending }, version, { kind: 'problem' }, error);
  }

  private async end(login: Login, version: number, turn: Turn, error: FoyerError | undefined): Promise<Advanced> {
    const ended = forgetPerson(login);
    await this.save(ended, version);
    await this.recorder.record(login, error);
    return { login: ended, turn };
  }

  private async save(login: Login, version: number): Promise<number> {
    const saved = await this.store.save(login, version);
    if (saved === undefined) throw refuse('login.repeated', login);
    return saved;
  }
}
