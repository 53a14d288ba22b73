import type { AdministeredSection, AdminCaller } from '@foyer/admin-access';
import { oidcProviderSecrets } from '@foyer/federation';
import {
  keyPath,
  OutgoingPolicy,
  SETTINGS,
  settingsColumns,
  TableSection,
  Vault,
  type InputFault,
  type Settings,
  type SettingsReference,
  type SettingsStates,
  type UniqueValue,
} from '@foyer/platform';
import { Inject, Injectable } from '@nestjs/common';
import { IdentityProviderDto } from './identity-provider.dto.js';
import type { JitSettingsDto } from './jit-settings.dto.js';
import { referencesOf } from './references.js';
import type { IdentityProviderSettings, JitSettings } from './settings.js';
import { mayTrust } from './trust.js';
import { readUserStoreChoice } from './user-store-choice.dto.js';

/** Identity providers as a section of the settings: how they are checked, stored, and what they refer to. */
@Injectable()
export class IdentityProvidersSection
  extends TableSection<IdentityProviderSettings, IdentityProviderDto>
  implements AdministeredSection<IdentityProviderSettings>
{
  private readonly outgoing: OutgoingPolicy;

  constructor(vault: Vault, @Inject(SETTINGS) settings: Pick<Settings, 'outgoingAllow'>) {
    super(vault, {
      key: 'identityProviders',
      title: 'identity provider',
      table: 'identity_providers',
      kind: 'identityProvider',
      secrets: oidcProviderSecrets,
      dto: IdentityProviderDto,
      complete,
      columns: settingsColumns,
    });
    this.outgoing = new OutgoingPolicy(settings.outgoingAllow);
  }

  override references(settings: IdentityProviderSettings): readonly SettingsReference[] {
    return referencesOf(settings);
  }

  override uniqueValues(settings: IdentityProviderSettings): readonly UniqueValue[] {
    return settings.homeRealms.map((value, index) => ({ path: `homeRealms[${index}]`, kind: 'home realm', value }));
  }

  /** Whose word counts for what is beyond the right to write; that nobody's does any more, is not. */
  authorize(caller: AdminCaller, { before, after }: SettingsStates<IdentityProviderSettings>): void {
    if (after) mayTrust(caller, before, after);
  }

  /** Said when saving rather than at the first login. */
  protected override faultsOf({ oidc }: IdentityProviderSettings, path: string): InputFault[] {
    return this.outgoing.faultsOf(oidc.issuer, keyPath(keyPath(path, 'oidc'), 'issuer'));
  }
}

/** Fills in what depends on other fields, and brings realms and domains into the one form that they are compared in. */
function complete(checked: IdentityProviderDto, path: string, faults: InputFault[]): IdentityProviderSettings {
  const { name, displayName, enabled, protocol, oidc, homeRealms, claims, roles, jit, theme } = checked;
  return {
    name,
    displayName: displayName ?? name,
    enabled,
    protocol,
    oidc,
    homeRealms: lowerCased(homeRealms),
    claims,
    roles,
    jit: completeJit(jit, keyPath(path, 'jit'), faults),
    ...(theme === undefined ? {} : { theme }),
  };
}

function completeJit(checked: JitSettingsDto, path: string, faults: InputFault[]): JitSettings {
  const { enabled, mode, onFailure, userStore, prompt, attributeSync, linking, trustedDomains, consentPurposes, onConsentRefused } =
    checked;
  return {
    enabled,
    mode,
    onFailure,
    userStore: readUserStoreChoice(userStore, keyPath(path, 'userStore'), faults),
    prompt,
    attributeSync,
    linking,
    trustedDomains: lowerCased(trustedDomains),
    consentPurposes,
    onConsentRefused,
  };
}

const lowerCased = (texts: readonly string[]): string[] => [...new Set(texts.map((text) => text.toLowerCase()))];
