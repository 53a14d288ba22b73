import type { Answers, Ask } from '@foyer/provisioning';
import type { Facts } from './people/person.js';
import type { DueRelease } from './release/releases.js';
import type { Login, LoginChanges, StepName } from './login.js';

/** What the browser's request brings along. A password exists only here. */
export type LoginInput =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'provider'; readonly name: string }
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string; readonly address: string }
  | { readonly kind: 'answer'; readonly parameters: Readonly<Record<string, string>> }
  | {
      /** What the person answered to a {@link PromptTurn}. */
      readonly kind: 'prompt';
      readonly answers: Answers;
      /** In which the page asked: BCP 47. */
      readonly language: string;
      readonly address: string;
    }
  | ({ readonly kind: 'release' } & ReleaseAnswer);

/** What was wrong with what a person typed: they may try again on the same page. */
export interface Mistake {
  /** The key of a message. */
  readonly message: string;
  readonly status: number;
  readonly retryAfter?: number;
}

/** What the browser gets when a login cannot go on without it. */
export type Turn =
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'signIn'; readonly mistake?: Mistake; readonly typed?: { readonly email?: string; readonly username?: string } }
  | PromptTurn
  | ReleaseTurn
  | { readonly kind: 'problem' };

/** Provisioning has questions for the person. They are asked anew whenever the page is opened, so that nothing of them is stored. */
export interface PromptTurn {
  readonly kind: 'prompt';
  readonly asks: readonly Ask[];
  /** What was answered and has to be asked again; never a password. */
  readonly typed?: Pick<Answers, 'username' | 'ownershipUsername' | 'consent'>;
}

/** What the person answered to a {@link ReleaseTurn}. */
export interface ReleaseAnswer {
  readonly agreed: boolean;
  /** The claims that their page named: nobody agrees to others. */
  readonly shown: readonly string[];
  /** As typed, by the name of the attribute. Whatever was not asked for is not read. */
  readonly typed: Readonly<Record<string, string>>;
  /** What was typed goes into the account. */
  readonly keep: boolean;
}

/** The person is asked what the application may learn, and for what it must have. Asked anew whenever the page is opened: nothing of it is stored. */
export interface ReleaseTurn {
  readonly kind: 'release';
  readonly due: DueRelease;
  readonly facts: Facts;
  /** What is typed can be kept. */
  readonly keepable: boolean;
  readonly mistakes?: ReleaseMistakes;
  readonly answer?: Pick<ReleaseAnswer, 'typed' | 'keep'>;
}

/** Message keys: of the whole page, and by the name of the attribute whose field it is about. */
export interface ReleaseMistakes {
  readonly page?: Mistake;
  readonly fields: Readonly<Record<string, string>>;
}

/** What a step stores on the login. With a `turn` the browser has to act next; without one, the next step is due. */
export interface StepResult {
  readonly stores?: LoginChanges;
  readonly turn?: Turn;
}

/** One step. It sees the login as stored and the request's input, and never calls another step. What it throws ends the login. */
export type Step = (login: Login, input: LoginInput) => Promise<StepResult>;

/** A row of the table. */
export interface FlowRow {
  readonly step: StepName;
  /** Whether the step is due, from what is stored. Rows are asked in order, so each may rely on those above not being due. */
  readonly due: (login: Login) => boolean;
  readonly does: Step;
  /** `now`: it had an effect outside, so that its result is stored at once. `withNext`: doing it again changes nothing. */
  readonly stored: 'now' | 'withNext';
}
