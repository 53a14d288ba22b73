import { FoyerError } from '@foyer/platform';
import type { Authentications } from '../authentications.js';
import type { Authentication } from '../contract.js';
import type { SelfAssertions } from '../directories.js';
import { isSignedIn, type Login } from '../login.js';
import type { Person } from '../people/person.js';
import type { DueRelease, Releases } from '../release/releases.js';
import { readTyped } from '../release/typed-attributes.js';
import type { Mistake, ReleaseAnswer, ReleaseTurn, Step, StepResult } from '../step.js';

export interface ReleaseDependencies {
  readonly releases: Releases;
  readonly selfAssertions: SelfAssertions;
  readonly authentications: Pick<Authentications, 'addTyped'>;
}

/** Asks the person what the application may learn, and for what it must have and nobody knows: each once. */
export const release =
  (dependencies: ReleaseDependencies): Step =>
  async (login, input) => {
    const { request, authentication } = login;
    if (!authentication || !request.release) throw new Error(`Login ${login.id}: nothing to release`);
    const person = await dependencies.releases.person(authentication);
    if (!person) throw new FoyerError('forbidden', 'account.disabled', 'The account is disabled or gone.');
    const due = await dependencies.releases.due(request.application, request.release, person);
    if (!due) return { stores: { released: true } };
    if (input.kind !== 'release') return { turn: await ask(person, due) };
    if (!input.agreed) throw refused(due);
    return new Answering(dependencies, login, person, due).take(input);
  };

const ask = async (person: Person, due: DueRelease): Promise<ReleaseTurn> => ({
  kind: 'release',
  due,
  facts: await person.facts(due.application),
  keepable: person.keeper() !== undefined,
});

function refused({ consent, missing, application }: DueRelease): FoyerError {
  if (consent) return new FoyerError('forbidden', 'consent.application.refused', 'The person did not agree.');
  const cause = `${application.name} must have ${missing.join(', ')} (claims.mandatory), and the person did not tell`;
  return new FoyerError('forbidden', 'claims.missing', 'The application must know something that the person did not tell.', { cause });
}

/** Takes in what a person answered. */
class Answering {
  constructor(
    private readonly parts: ReleaseDependencies,
    private readonly login: Login,
    private readonly person: Person,
    private readonly due: DueRelease,
  ) {}

  async take(answer: ReleaseAnswer): Promise<StepResult> {
    const { due, person } = this;
    // The page is from before the application asked for more: nobody agrees to what they did not see.
    if (!(due.consent ?? []).every((name) => answer.shown.includes(name))) return this.again(answer, { page: changed });
    const { values, mistakes } = readTyped(due.missing, answer.typed);
    if (Object.keys(mistakes).length > 0) return this.again(answer, { fields: mistakes });
    if (answer.keep && due.missing.length > 0 && !(await this.keep(values))) return this.again(answer, { page: notKept });
    await this.parts.releases.agree(due, person.authentication.subject);
    return { stores: { released: true, ...(due.missing.length > 0 && { authentication: await this.noted(values) }) } };
  }

  private async again(answer: ReleaseAnswer, mistakes: Partial<NonNullable<ReleaseTurn['mistakes']>>): Promise<StepResult> {
    return { turn: { ...(await ask(this.person, this.due)), mistakes: { fields: {}, ...mistakes }, answer } };
  }

  /** @returns false when the store does not take it now */
  private async keep(attributes: Authentication['attributes']): Promise<boolean> {
    if (!this.person.keeper()) return false;
    try {
      const { subject: userId } = this.person.authentication;
      await this.parts.selfAssertions.assert({ userId, attributes, loginId: this.login.id });
      return true;
    } catch (error) {
      if (error instanceof FoyerError && (error.kind === 'unavailable' || error.code === 'store.readOnly')) return false;
      throw error;
    }
  }

  /** What was typed counts for this login in any case: the account may not say it to this application. */
  private async noted(attributes: Authentication['attributes']): Promise<Authentication> {
    const { authentication } = this.person;
    const { id } = this.due.application;
    if (!isSignedIn(this.login)) return { ...authentication, typed: { ...authentication.typed, [id]: attributes } };
    const noted = await this.parts.authentications.addTyped(authentication.loginId, id, attributes);
    if (!noted) throw new FoyerError('forbidden', 'login.signedOut', 'The session has ended.');
    return noted;
  }
}

const changed: Mistake = { message: 'release.error.changed', status: 409 };
const notKept: Mistake = { message: 'release.error.notKept', status: 503 };
