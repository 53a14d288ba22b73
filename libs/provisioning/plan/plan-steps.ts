import type { NewConsentReceipt } from '@foyer/consent';
import type { Attributes, AttributeValue } from '@foyer/platform';
import type { Membership, MembershipGrants, ValueOrigin } from '@foyer/userstores';
import type { Ask, AskConsent, AskOwnership, AskPassword, AskUsername } from './ask-steps.js';
import type { DenialReason } from './reasons.js';

/**
 * The steps of a provisioning plan. Each says what is done and, by its reason, why; together they are what the journal shows. `claim` is the
 * external name of the claim that a step follows from, and is absent for a constant.
 */
export type PlanStep =
  | ChooseStore
  | ChooseUsername
  | CreateUser
  | SetPassword
  | SetAttribute
  | ClearAttribute
  | LeaveAttribute
  | AssignMembership
  | RemoveMembership
  | LeaveMembership
  | KeepAccount
  | ReportUsername
  | LinkAccount
  | QueueJob
  | SupersedeJobs
  | SuspendRoles
  | RecordConsent
  | RevokeConsent
  | AskConsent
  | AskUsername
  | AskPassword
  | AskOwnership
  | SkipProvisioning
  | Deny;

export type { Ask, AskConsent, AskOwnership, AskPassword, AskUsername };

export const isAsk = (step: PlanStep): step is Ask => step.type.startsWith('ask');

export interface ChooseStore {
  readonly type: 'chooseStore';
  readonly domain: string;
  readonly claim?: string;
  /**
   * `store.reserved`: an earlier login of this person began to create the account there. `store.unknown.primary`: the username names a domain
   * that does not exist, and PRIMARY is taken instead: a warning.
   */
  readonly reason:
    'store.configured' | 'store.reserved' | 'store.fromUsername' | 'store.fromClaim' | 'store.otherwise' | 'store.unknown.primary';
}

export interface ChooseUsername {
  readonly type: 'chooseUsername';
  readonly username: string;
  readonly claim?: string;
  readonly reason: 'username.claim' | 'username.subject' | 'username.reserved' | 'username.typed';
}

export interface CreateUser {
  readonly type: 'createUser';
  readonly userId: string;
  /** The store has the account already, from an interrupted creation. */
  readonly inStore: boolean;
  /**
   * `jit.firstLogin`; `jit.deferred`: a job creates what a login decided; `jit.reserved`: the person logged in before without an account, and keeps the id; `jit.interrupted`: an earlier creation did
   * not come to its end and is carried on; `account.deleted`: the earlier account was deleted, this is a new one under a new id.
   */
  readonly reason: 'jit.firstLogin' | 'jit.deferred' | 'jit.reserved' | 'jit.interrupted' | 'account.deleted';
}

/** The password itself is never part of a plan: whoever applies it has it from the request, or makes one up that fits the store's policy. */
export interface SetPassword {
  readonly type: 'setPassword';
  readonly reason: 'password.typed' | 'password.generated';
}

export interface SetAttribute {
  readonly type: 'setAttribute';
  readonly name: string;
  readonly value: AttributeValue;
  readonly before?: AttributeValue;
  readonly origin: ValueOrigin;
  readonly claim?: string;
  /** `claim.confirmed`: the value is the same, whose it is or whether it is verified changes. */
  readonly reason: 'claim.mapped' | 'constant.mapped' | 'claim.confirmed' | 'person.typed';
}

export interface ClearAttribute {
  readonly type: 'clearAttribute';
  readonly name: string;
  readonly before: AttributeValue;
  readonly claim?: string;
  /** `consent.withheld`: what the person agreed to does not cover it any more; `consent.revoked`: they took back what did. */
  readonly reason: 'claim.absent.cleared' | 'consent.withheld' | 'consent.revoked';
}

/** A mapped attribute that stays as it is. Values that are equal already need no step. */
export interface LeaveAttribute {
  readonly type: 'leaveAttribute';
  readonly name: string;
  readonly claim?: string;
  /** `claim.absent`: nothing came and nothing is there. */
  readonly reason:
    'claim.absent' | 'claim.absent.kept' | 'consent.withheld' | 'owner.local' | 'owner.scim' | 'owner.otherProvider' | 'sync.preserveLocal';
}

export interface AssignMembership extends Membership {
  readonly type: 'assignRole' | 'assignGroup';
  /** The remote role that it follows from. */
  readonly remote?: string;
  readonly claim?: string;
  /** The account has it already, from somebody else: only the source is added. */
  readonly present: boolean;
  readonly reason: 'role.mapped' | 'role.pattern' | 'role.sameName' | 'role.default';
}

export interface RemoveMembership extends Membership {
  readonly type: 'removeRole' | 'removeGroup';
  /** Somebody else granted it, too: only this identity provider's grant ends, and the membership stays. */
  readonly stays: boolean;
  readonly reason: 'role.revoked' | 'role.revoked.all';
}

/** A remote role that grants nothing, or a membership that stays against the rule; `count` of several that are alike and too many to list. */
export interface LeaveMembership extends Membership {
  readonly type: 'leaveRole' | 'leaveGroup';
  readonly count?: number;
  /** The remote role that asked for it; absent where `name` is that role, and for a membership that stays. */
  readonly remote?: string;
  readonly claim?: string;
  readonly reason:
    | 'role.unmapped.dropped'
    | 'role.never'
    | 'role.privileged'
    | 'role.malformed'
    | 'policy.rolename'
    | 'owner.last'
    | 'store.noRoles'
    | 'store.noGroups';
  /** The name of the store's policy that it violates. */
  readonly policy?: string;
}

export interface KeepAccount {
  readonly type: 'keepAccount';
  readonly userId: string;
  /** `jit.disabled`: the account was made while JIT was on, and is still the person's. */
  readonly reason: 'account.synced' | 'account.unchanged' | 'account.linked' | 'account.deferred' | 'sync.none' | 'jit.disabled';
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
  readonly status: 'reserved' | 'active';
  /** The link's version that this was decided on; null: there is no link yet. */
  readonly basedOn: number | null;
  /** Of an account that existed: by its password, by an e-mail address that both sides verified, or because an administrator named this identity. */
  readonly reason:
    'link.first' | 'link.reserved' | 'link.afterDeletion' | 'link.ownershipProven' | 'link.verifiedEmail' | 'link.preProvisioned';
}

/** The store is written by a job, which plans again. */
export interface QueueJob {
  readonly type: 'queueJob';
  readonly userId: string;
  /** Whether somebody waits for an account that is not there yet. */
  readonly first: boolean;
  /** The link says already that there may be jobs. */
  readonly noted: boolean;
  /** `jit.retried`: what an earlier login left to a job was given up, and is tried again with what this login says. */
  readonly reason: 'jit.nonBlocking' | 'jit.retried';
}

/** What earlier logins left to jobs says nothing any more: this login has done it itself. */
export interface SupersedeJobs {
  readonly type: 'supersedeJobs';
  readonly reason: 'jit.blocking';
}

/** Which roles of the account do not count while its store still has them. */
export interface SuspendRoles {
  readonly type: 'suspendRoles';
  /** All of them; empty: every role that the account has counts. */
  readonly roles: readonly string[];
  /** `role.lost`: the identity provider grants some no more, or again. `role.decided`: as far as this one decides, the account is now as it should be. */
  readonly reason: 'role.lost' | 'role.decided';
}

/** What the person decided about a purpose. */
export interface RecordConsent {
  readonly type: 'recordConsent';
  readonly receipt: NewConsentReceipt;
  readonly reason: 'consent.accepted' | 'consent.refused';
}

/** Consent that was given is taken back. */
export interface RevokeConsent {
  readonly type: 'revokeConsent';
  readonly receiptId: string;
  /** The purpose's name. */
  readonly purpose: string;
  readonly reason: 'consent.revoked.person' | 'consent.revoked.administrator';
}

export interface SkipProvisioning {
  readonly type: 'skipProvisioning';
  /** `jit.disabled`, or the code of the store's failure that `onFailure: admit` passes over. */
  readonly reason: string;
  readonly failed: boolean;
}

export interface Deny {
  readonly type: 'deny';
  readonly reason: DenialReason;
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
  readonly outcome: 'create' | 'update' | 'link' | 'unchanged' | 'prompt' | 'skip' | 'deny';
  /** The reason of `skip` and `deny`. */
  readonly code: string | null;
  readonly person: Person;
  /** What applications see as `sub`; null when the login is denied. */
  readonly subject: string | null;
  /** The account that the login goes on with, exists or is created; null when there is none. */
  readonly account: PlannedAccount | null;
  /** The account that the identity led to before: whom the journal and the log of logins tell about, also when the login is denied. */
  readonly knownAs: KnownAccount | null;
  /** What the mappings make of this login, as far as the person agrees: what applications learn when there is no account, or that ask for it. */
  readonly mapped: MappedPerson;
  readonly steps: readonly PlanStep[];
  /** Milliseconds since the epoch. */
  readonly plannedAt: number;
}

/** What an identity provider's mappings make of one login. */
export interface MappedPerson {
  readonly attributes: Attributes;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

export interface Person {
  readonly identityProviderId: string;
  readonly identityProvider: string;
  readonly issuer: string;
  readonly subject: string;
}

export interface KnownAccount {
  readonly userId: string;
  readonly userStore: string;
  readonly username: string;
}

export interface PlannedAccount extends KnownAccount {
  /** What of the user this was decided on; absent while there is no user. */
  readonly basedOn?: {
    readonly version: number;
    readonly suspendedRoles: readonly string[];
    readonly origins: Readonly<Record<string, ValueOrigin>>;
    readonly grants: MembershipGrants;
  };
}

/** The first step of a type. */
export const stepOf = <T extends PlanStep['type']>(plan: ProvisioningPlan, type: T): Extract<PlanStep, { type: T }> | undefined =>
  plan.steps.find((step): step is Extract<PlanStep, { type: T }> => step.type === type);
