import { onlyLooksPrivileged } from '@foyer/admin-access';
import { maxMembershipNameLength, membershipKey, membershipNameProblem, type Membership } from '@foyer/userstores';
import type { AssignMembership, Denial, LeaveMembership } from '../plan/plan-steps.js';
import { comparableName } from './comparable-name.js';
import { LeftOut, type LeftOutBecause } from './left-out.js';
import type { RemoteRolesInput } from './membership-input.js';
import { remoteRoles } from './remote-roles.js';
import { nameOf, roleMappings, type RoleMappings } from './role-mappings.js';

/** A membership that the identity provider grants, and why. */
export interface WantedMembership extends Membership {
  readonly remote?: string;
  readonly reason: AssignMembership['reason'];
}

export interface WantedMemberships {
  /** By `membershipKey`. */
  readonly granted: ReadonlyMap<string, WantedMembership>;
  readonly left: LeftOut;
}

/** More at once would be no roles any more, but somebody's whole directory. */
const maxGranted = 500;

/** What the remote roles of a login become by the settings of its identity provider, whatever the account and its store are. */
export function wantedMemberships(input: RemoteRolesInput): WantedMemberships | Denial {
  const { claim, claimName, settings } = input;
  const remotes = claimName === undefined ? [] : remoteRoles(claim, claimName);
  if ('reason' in remotes) return remotes;
  const mapping = new Mapping(input, roleMappings(settings));
  for (const remote of remotes) mapping.map(remote);
  for (const name of settings.default) mapping.grant({ kind: 'role', name, reason: 'role.default' });
  return mapping.result();
}

/** @returns a denial when so much is granted that something is wrong */
export function tooMany(granted: number, { claimName }: RemoteRolesInput): Denial | undefined {
  if (granted <= maxGranted) return undefined;
  const message = `The remote roles would become more than ${maxGranted} roles and groups.`;
  return { reason: 'roles.tooMany', message, ...(claimName !== undefined && { claim: claimName }) };
}

/** Whether a membership gives power over Foyer, or looks as if it did. */
export const isPrivileged = ({ kind, name }: Membership, input: RemoteRolesInput): boolean => kind === 'role' && input.isPrivileged(name);

/** Collects what a login's remote roles become. */
class Mapping {
  private readonly granted = new Map<string, WantedMembership>();
  private readonly refused = new Map<string, LeftOutBecause & Membership>();
  private readonly left: LeftOut;

  constructor(
    private readonly input: RemoteRolesInput,
    private readonly mappings: RoleMappings,
  ) {
    this.left = new LeftOut(input.claimName);
  }

  /** All mappings that match count; only where none does, `unmapped` says what becomes of the role. */
  map(remote: string): void {
    const exact = this.mappings.exact.get(remote) ?? [];
    for (const { kind, written: name, key } of exact) {
      if (!this.granted.has(key)) this.grant({ kind, name, remote, reason: 'role.mapped' });
    }
    const matching = this.mappings.patterns.length > 0 ? this.mappings.patternSet.matching(remote) : [];
    for (const place of matching) this.capture(remote, place);
    if (exact.length + matching.length > 0) return;
    if (this.input.settings.unmapped === 'same-name') this.grant({ kind: 'role', name: remote, remote, reason: 'role.sameName' });
    else this.left.add({ kind: 'role', name: remote }, { reason: 'role.unmapped.dropped' });
  }

  grant(wanted: WantedMembership): void {
    const key = membershipKey(wanted);
    if (this.granted.has(key)) return;
    const refusal = this.refusal(wanted);
    if (refusal === undefined) this.granted.set(key, wanted);
    else if (!this.refused.has(key)) this.refused.set(key, { ...wanted, reason: refusal });
  }

  /** What was refused one way may have been granted another way: then there is nothing to explain. */
  result(): WantedMemberships {
    const { granted, left } = this;
    for (const [key, refused] of this.refused) if (!granted.has(key)) left.add(refused, refused);
    return { granted, left };
  }

  private capture(remote: string, place: number): void {
    const found = this.mappings.patterns[place];
    if (!found) return;
    const { pattern, target } = found;
    const { kind } = target;
    const name = nameOf(target, pattern.capture(remote) ?? [], maxMembershipNameLength);
    if (name === undefined) this.left.add({ kind, name: target.written }, { reason: 'role.malformed', remote });
    else this.grant({ kind, name, remote, reason: 'role.pattern' });
  }

  private refusal({ kind, name, reason }: WantedMembership): LeaveMembership['reason'] | undefined {
    if (membershipNameProblem(name) !== undefined) return 'role.malformed';
    if (this.mappings.never.size > 0 && this.mappings.never.has(comparableName(name))) return 'role.never';
    if (!isPrivileged({ kind, name }, this.input)) return undefined;
    return reason === 'role.mapped' && !onlyLooksPrivileged(name) ? undefined : 'role.privileged';
  }
}
