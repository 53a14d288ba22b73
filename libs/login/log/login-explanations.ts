import type { Journal } from '@foyer/journal';
import type { Database } from '@foyer/platform';
import { denialIn } from '@foyer/provisioning';
import { adviceFor } from './advice.js';
import type { FinishedLogin } from './login-log.js';

/** Why a login ended without success, for an administrator. */
export interface LoginExplanation {
  readonly step: string;
  readonly code: string;
  readonly message: string;
  readonly claim?: string;
  readonly policy?: string;
  /** What to change. */
  readonly advice: string;
}

type Ended = Pick<FinishedLogin, 'id' | 'code' | 'step' | 'detail'>;

/** Tells why logins ended: from the journal where provisioning decided it, otherwise from what is kept of the login itself. */
export class LoginExplanations {
  constructor(
    private readonly database: Database,
    private readonly journal: Pick<Journal, 'denialOf'>,
  ) {}

  /** @returns null for a login that was answered */
  async of({ id, code, step, detail }: Ended): Promise<LoginExplanation | null> {
    if (code === null || step === null) return null;
    const advice = adviceFor(code, step);
    const denial = step === 'provision' ? denialIn(await this.journal.denialOf(this.database.read, id)) : undefined;
    if (denial?.reason !== code) return { step, code, message: detail ?? '', advice };
    const { message, claim, policy } = denial;
    return { step, code, message, ...(claim !== undefined && { claim }), ...(policy !== undefined && { policy }), advice };
  }
}
