import type { Application } from '@foyer/applications';
import type { ApplicationConsents } from '@foyer/consent';
import type { Authentication, ReleaseRequest } from '../contract.js';
import type { ApplicationDirectory } from '../directories.js';
import { missingFacts, Person, type AccountSources } from '../people/person.js';

/** What has to happen before an application learns what it asks for. */
export interface DueRelease {
  readonly application: Application;
  /** Everything that it would learn, for the person to agree to; absent when that needs nobody's consent, or has it. */
  readonly consent?: readonly string[];
  /** What it must have and nobody knows. */
  readonly missing: readonly string[];
}

/** As much of an application as decides whether the person is asked. */
export type Asking = Pick<Application, 'id' | 'consent'>;

/** Whether anything may have to be asked at all: most applications are spared the questions that cost something. */
export const mayNeedRelease = ({ consent, claims }: Pick<Application, 'consent' | 'claims'>): boolean =>
  consent === 'ask' || claims.mandatory.length > 0;

/** What applications may learn of people: by the settings, and by what the people agreed to. */
export class Releases {
  constructor(
    private readonly applications: ApplicationDirectory,
    private readonly consents: Pick<ApplicationConsents, 'granted' | 'grant'>,
    private readonly sources: AccountSources,
  ) {}

  /** @returns undefined when nobody may log in to the account any more */
  person(authentication: Authentication): Promise<Person | undefined> {
    return Person.find(authentication, this.sources);
  }

  /**
   * @param name the application's
   * @returns undefined when it may learn everything at once
   */
  async due(name: string, release: ReleaseRequest, person: Person): Promise<DueRelease | undefined> {
    const application = this.applications.byName(name);
    if (!application || !mayNeedRelease(application)) return undefined;
    const missing = missingFacts(await person.facts(application), application);
    const agreed = !release.askAgain && (await this.isAgreed(application, person, release.claims));
    const asks = application.consent === 'ask' && !agreed;
    return asks || missing.length > 0 ? { application, missing, ...(asks && { consent: release.claims }) } : undefined;
  }

  /** The claims that an application may learn of somebody now: undefined when the person agreed to none, or took it back. */
  async agreed(application: Asking, subject: string): Promise<'everything' | ReadonlySet<string> | undefined> {
    if (application.consent === 'implicit') return 'everything';
    const granted = await this.consents.granted(this.sources.database.read, subject, application.id);
    return granted && new Set(granted);
  }

  /** Remembers that a person agreed. Doing it again changes nothing that counts. */
  async agree({ application, consent }: DueRelease, subject: string): Promise<void> {
    if (!consent) return;
    const grant = { subject, applicationId: application.id, application: application.name, claims: consent };
    await this.sources.database.transaction((tx) => this.consents.grant(tx, grant, this.sources.clock.now()));
  }

  private async isAgreed(application: Asking, { authentication }: Person, claims: readonly string[]): Promise<boolean> {
    const agreed = await this.agreed(application, authentication.subject);
    return agreed === 'everything' || (agreed !== undefined && claims.every((claim) => agreed.has(claim)));
  }
}
