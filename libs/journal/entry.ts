/** What was done to an account, once: the plan, what it changed, how it ended. */
export interface JournalEntry {
  readonly id: string;
  readonly loginId: string | null;
  readonly identityProviderId: string;
  readonly identityProvider: string;
  readonly subject: string;
  readonly userId: string | null;
  readonly userStore: string | null;
  readonly username: string | null;
  /** The plan's outcome, or `admit` when a failing store was passed over by `onFailure: admit`. */
  readonly outcome: 'create' | 'update' | 'link' | 'unchanged' | 'prompt' | 'skip' | 'deny' | 'admit' | 'failed';
  /** The reason code of a `deny`, `admit`, `skip` or `failed`. */
  readonly code: string | null;
  /** The provisioning plan, as planned. */
  readonly plan: unknown;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly durationMs: number;
  readonly createdAt: number;
}
