import type { AskedPurpose } from '@foyer/consent';

/** A step with which a login waits for its person. */
export type Ask = AskConsent | AskUsername | AskPassword | AskOwnership;

/** The person has to decide about these purposes. */
export interface AskConsent {
  readonly type: 'askConsent';
  readonly purposes: readonly AskedPurpose[];
  readonly reason: 'consent.missing';
}

export interface AskUsername {
  readonly type: 'askUsername';
  /** What the identity provider suggests, or what the person typed and is not accepted. */
  readonly suggestion?: string;
  /** Why what was typed is not accepted. */
  readonly problem?: 'username.taken' | 'username.malformed' | 'policy.username';
  readonly reason: 'jit.prompt';
}

/** A password for the new account. */
export interface AskPassword {
  readonly type: 'askPassword';
  /** `password.repeat`: it was right, but what came with it was not, and it is not kept. */
  readonly problem?: 'policy.password' | 'password.mismatch' | 'password.repeat';
  /** The store's rule, as a sentence, where what was typed violates it. */
  readonly message?: string;
  readonly reason: 'jit.prompt';
}

/** The password of the account that exists, as the proof that it is the person's. */
export interface AskOwnership {
  readonly type: 'askOwnership';
  readonly userId: string;
  /** By which it was found. Absent when it was found by anything else: who claims an address may not learn whose it is, and names the account. */
  readonly username?: string;
  readonly userStore: string;
  readonly problem?: 'ownership.wrong' | 'ownership.tooMany' | 'store.unavailable';
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
  readonly reason: 'link.existing';
}
