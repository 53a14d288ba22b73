import type { Attributes, AttributeValue } from '@foyer/platform';
import type { ValueOrigin } from '@foyer/userstores';
import type { LinkStatus } from '../linking/account-link.js';

/**
 * The steps of a provisioning plan. Each says what is done and, by its reason, why; together they are what the journal shows. `claim` is the
 * external name of the claim that a step follows from, and is absent for a constant.
 */
export type PlanStep =
  | ChooseStore
  | ChooseUsername
  | CreateUser
  | SetAttribute
  | ClearAttribute
  | LeaveAttribute
  | KeepAccount
  | ReportUsername
  | LinkAccount
  | SkipProvisioning
  | Deny;

export interface ChooseStore {
  readonly type: 'chooseStore';
  readonly domain: string;
  /** `store.reserved`: an earlier login of this person began to create the account there. */
  readonly reason: 'store.configured' | 'store.reserved';
}

export interface ChooseUsername {
  readonly type: 'chooseUsername';
  readonly username: string;
  readonly claim?: string;
  readonly reason: 'username.claim' | 'username.subject' | 'username.reserved';
}

export interface CreateUser {
  readonly type: 'createUser';
  readonly userId: string;
  /** The store has the account already, from an interrupted creation. */
  readonly inStore: boolean;
  /**
   * `jit.firstLogin`; `jit.reserved`: the person logged in before without an account, and keeps the id; `jit.interrupted`: an earlier creation did
   * not come to its end and is carried on; `account.deleted`: the earlier account was deleted, this is a new one under a new id.
   */
  readonly reason: 'jit.firstLogin' | 'jit.reserved' | 'jit.interrupted' | 'account.deleted';
}

export interface SetAttribute {
  readonly type: 'setAttribute';
  readonly name: string;
  readonly value: AttributeValue;
  readonly before?: AttributeValue;
  readonly origin: ValueOrigin;
  readonly claim?: string;
  /** `claim.confirmed`: the value is the same, whose it is or whether it is verified changes. */
  readonly reason: 'claim.mapped' | 'constant.mapped' | 'claim.confirmed';
}

export interface ClearAttribute {
  readonly type: 'clearAttribute';
  readonly name: string;
  readonly before: AttributeValue;
  readonly claim?: string;
  readonly reason: 'claim.absent.cleared';
}

/** A mapped attribute that stays as it is. Values that are equal already need no step. */
export interface LeaveAttribute {
  readonly type: 'leaveAttribute';
  readonly name: string;
  readonly claim?: string;
  /** `claim.absent`: nothing came and nothing is there. */
  readonly reason: 'claim.absent' | 'claim.absent.kept' | 'owner.local' | 'owner.otherProvider' | 'sync.preserveLocal';
}

export interface KeepAccount {
  readonly type: 'keepAccount';
  readonly userId: string;
  /** `jit.disabled`: the account was made while JIT was on, and is still the person's. */
  readonly reason: 'account.synced' | 'account.unchanged' | 'sync.none' | 'jit.disabled';
}

/** The claim that names accounts says something else than the account is called. Nothing is ever renamed by a login. */
export interface ReportUsername {
  readonly type: 'reportUsername';
  readonly username: string;
  readonly claim?: string;
  readonly reason: 'username.changed.kept';
}

export interface LinkAccount {
  readonly type: 'linkAccount';
  readonly linkId: string;
  readonly userId: string;
  readonly status: Exclude<LinkStatus, 'tombstone'>;
  /** The link's version that this was decided on; null: there is no link yet. */
  readonly basedOn: number | null;
  readonly reason: 'link.first' | 'link.reserved' | 'link.afterDeletion';
}

export interface SkipProvisioning {
  readonly type: 'skipProvisioning';
  /** `jit.disabled`, or the code of the store's failure that `onFailure: admit` passes over. */
  readonly reason: string;
  readonly failed: boolean;
}

export interface Deny {
  readonly type: 'deny';
  /** The stable code, such as `username.taken`. */
  readonly reason: string;
  /** A sentence for an administrator, without values of the person. */
  readonly message: string;
  readonly claim?: string;
  /** The name of the store's policy, such as `usernamePattern`. */
  readonly policy?: string;
  /** A store that failed, not a rule. */
  readonly failed: boolean;
}

/** Why a rule refuses the login. */
export type Denial = Omit<Deny, 'type' | 'failed'>;

/** The decision about one external identity, as data: what `apply()` does, what the journal keeps and the console shows. */
export interface ProvisioningPlan {
  /** Also the id of its journal entry: a plan that is applied twice is journalled once. */
  readonly id: string;
  readonly outcome: 'create' | 'update' | 'unchanged' | 'skip' | 'deny';
  /** The reason of `skip` and `deny`. */
  readonly code: string | null;
  readonly person: Person;
  /** What applications see as `sub`; null when the login is denied. */
  readonly subject: string | null;
  /** The account that the login goes on with, exists or is created; null when there is none. */
  readonly account: PlannedAccount | null;
  /** The mapped values: what applications learn when there is no account. */
  readonly attributes: Attributes;
  readonly steps: readonly PlanStep[];
  /** Milliseconds since the epoch. */
  readonly plannedAt: number;
}

export interface Person {
  readonly identityProviderId: string;
  readonly identityProvider: string;
  readonly issuer: string;
  readonly subject: string;
}

export interface PlannedAccount {
  readonly userId: string;
  readonly userStore: string;
  readonly username: string;
  /** The user's version and origins that this was decided on; absent while there is no user. */
  readonly basedOn?: { readonly version: number; readonly origins: Readonly<Record<string, ValueOrigin>> };
}

/** The first step of a type. */
export const stepOf = <T extends PlanStep['type']>(plan: ProvisioningPlan, type: T): Extract<PlanStep, { type: T }> | undefined =>
  plan.steps.find((step): step is Extract<PlanStep, { type: T }> => step.type === type);
