import { Application, newBrowser } from './parties.js';
import { until } from './site.js';

/** People who log in one after the other, some at a time, for as long as it is not told to end, and what became of each. */
export class Crowd {
  /** Logins that ended as they should. */
  done = 0;
  /** What the others met. */
  readonly failures: string[] = [];
  private isOver = false;
  private readonly lanes: Promise<void>[];

  /**
   * @param name begins the names of its people
   * @param intranet where they log in
   * @param wiki where they are let in afterwards, without another login
   */
  constructor(
    private readonly name: string,
    private readonly intranet: Application,
    private readonly wiki: Application,
    atATime = 4,
  ) {
    this.lanes = Array.from({ length: atATime }, (_, lane) => this.comeOneByOne(lane));
  }

  /** Waits until so many more have logged in, or somebody could not. */
  async moreLogins(count: number): Promise<void> {
    const wanted = this.done + count;
    await until(`${count} more logins`, () => this.done >= wanted || this.failures.length > 0);
  }

  /** Lets who is under way come to an end. */
  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.lanes);
  }

  private async comeOneByOne(lane: number): Promise<void> {
    for (let turn = 1; !this.isOver; turn += 1) {
      const person = `${this.name}-${lane}-${turn}`;
      try {
        await this.logIn(person);
        this.done += 1;
      } catch (error) {
        this.failures.push(`${person}: ${error instanceof Error ? [error.message, String(error.cause ?? '')].join(' ') : String(error)}`);
      }
    }
  }

  /** A first login, its refresh token, and single sign-on at another application. */
  private async logIn(person: string): Promise<void> {
    const browser = newBrowser();
    const first = await this.intranet.logIn(browser, { idp_hint: 'acme', login_hint: person });
    if (first.userinfo['preferred_username'] !== person) throw new Error(`came as ${String(first.userinfo['preferred_username'])}`);
    await this.intranet.refresh(first);
    const second = await this.wiki.logIn(browser, { prompt: 'none' });
    if (second.idTokenClaims['sub'] !== first.idTokenClaims['sub']) throw new Error('is somebody else at the other application');
  }
}
