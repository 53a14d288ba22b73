import { oidcProviderSecrets } from '@foyer/federation';
import {
  fromStored,
  OutgoingPolicy,
  parseInput,
  invalidInput,
  keyPath,
  SETTINGS,
  SettingsTable,
  Vault,
  type ConfigurableSection,
  type Settings,
  type SettingsReference,
  type StoredObject,
  type Transaction,
  type UniqueValue,
} from '@foyer/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IdentityProviderDto } from './identity-provider.dto.js';
import { referencesOf } from './references.js';
import type { IdentityProviderSettings } from './settings.js';
import { readUserStoreChoice } from './user-store-choice.dto.js';

/** Identity providers as a section of the settings: how they are checked, stored, and what they refer to. */
@Injectable()
export class IdentityProvidersSection implements ConfigurableSection<IdentityProviderSettings> {
  readonly key = 'identityProviders';
  readonly title = 'identity provider';
  readonly nameKey = 'name';
  readonly secrets = oidcProviderSecrets;
  readonly table: SettingsTable<IdentityProviderSettings>;
  private readonly outgoing: OutgoingPolicy;

  constructor(vault: Vault, @Inject(SETTINGS) settings: Pick<Settings, 'outgoingAllow'>) {
    this.outgoing = new OutgoingPolicy(settings.outgoingAllow);
    this.table = new SettingsTable(
      {
        table: 'identity_providers',
        kind: 'identityProvider',
        secrets: this.secrets,
        decode: (config) => complete(fromStored(IdentityProviderDto, config), ''),
      },
      vault,
    );
  }

  readonly nameKeyOf = (name: string): string => name;
  readonly permanent = (): boolean => false;

  normalize(input: unknown, path: string): IdentityProviderSettings {
    const checked = parseInput(IdentityProviderDto, input, path);
    // Said when saving rather than at the first login.
    const problem = this.outgoing.problemOf(new URL(checked.oidc.issuer));
    if (problem) throw invalidInput([{ path: keyPath(keyPath(path, 'oidc'), 'issuer'), code: 'outgoing.refused', message: problem }]);
    return complete(checked, path);
  }

  references(settings: IdentityProviderSettings): readonly SettingsReference[] {
    return referencesOf(settings);
  }

  uniqueValues(settings: IdentityProviderSettings): readonly UniqueValue[] {
    return settings.homeRealms.map((value, index) => ({ path: `homeRealms[${index}]`, kind: 'home realm', value }));
  }

  list = (em: EntityManager): Promise<readonly StoredObject<IdentityProviderSettings>[]> => this.table.list(em);

  save(
    tx: Transaction,
    settings: IdentityProviderSettings,
    stored: StoredObject<IdentityProviderSettings> | undefined,
    now: number,
  ): Promise<void> {
    return this.table.save(tx, settings, stored, now);
  }

  remove = (tx: Transaction, stored: StoredObject<IdentityProviderSettings>): Promise<void> => this.table.remove(tx, stored.id);
}

/** Fills in what depends on other fields, and brings realms and domains into the one form that they are compared in. */
function complete(checked: IdentityProviderDto, path: string): IdentityProviderSettings {
  const { name, displayName, enabled, protocol, oidc, homeRealms, claims, roles, jit, theme } = checked;
  const userStore = readUserStoreChoice(jit.userStore, keyPath(keyPath(path, 'jit'), 'userStore'));
  return {
    name,
    displayName: displayName ?? name,
    enabled,
    protocol,
    oidc,
    homeRealms: lowerCased(homeRealms),
    claims,
    roles,
    jit: { ...jit, userStore, trustedDomains: lowerCased(jit.trustedDomains) },
    ...(theme === undefined ? {} : { theme }),
  };
}

const lowerCased = (texts: readonly string[]): string[] => [...new Set(texts.map((text) => text.toLowerCase()))];
