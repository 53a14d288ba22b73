import {
  fromStored,
  invalidInput,
  keyPath,
  OutgoingPolicy,
  parseInput,
  SETTINGS,
  SettingsTable,
  Vault,
  type ConfigurableSection,
  type SecretField,
  type Settings,
  type SettingsReference,
  type StoredObject,
  type Transaction,
  type UniqueValue,
} from '@foyer/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApplicationDto } from './application.dto.js';
import type { ApplicationSettings } from './settings.js';

const authenticatesByKeyOrNot = (input: Readonly<Record<string, unknown>>): boolean =>
  ['private_key_jwt', 'none'].includes(String(Reflect.get(Object(input.oidc) as object, 'clientAuthentication')));

/** Applications as a section of the settings: how they are checked, stored, and what they refer to. */
@Injectable()
export class ApplicationsSection implements ConfigurableSection<ApplicationSettings> {
  readonly key = 'applications';
  readonly title = 'application';
  readonly nameKey = 'name';
  readonly secrets: readonly SecretField[] = [{ path: 'oidc.clientSecret', appliesTo: (input) => !authenticatesByKeyOrNot(input) }];
  readonly table: SettingsTable<ApplicationSettings>;

  private readonly outgoing: OutgoingPolicy;

  constructor(vault: Vault, @Inject(SETTINGS) settings: Pick<Settings, 'outgoingAllow'>) {
    this.outgoing = new OutgoingPolicy(settings.outgoingAllow);
    this.table = new SettingsTable(
      {
        table: 'applications',
        kind: 'application',
        secrets: this.secrets,
        columns: (settings) => ({ client_id: settings.oidc.clientId }),
        decode: (config) => complete(fromStored(ApplicationDto, config)),
      },
      vault,
    );
  }

  readonly nameKeyOf = (name: string): string => name;
  readonly permanent = (): boolean => false;

  normalize(input: unknown, path: string): ApplicationSettings {
    const checked = parseInput(ApplicationDto, input, path);
    const { jwksUri } = checked.oidc;
    // Said when saving rather than when the keys are needed.
    const problem = jwksUri === undefined ? undefined : this.outgoing.problemOf(new URL(jwksUri));
    if (problem) throw invalidInput([{ path: keyPath(keyPath(path, 'oidc'), 'jwksUri'), code: 'outgoing.refused', message: problem }]);
    return complete(checked);
  }

  references(settings: ApplicationSettings): readonly SettingsReference[] {
    return settings.login.identityProviders.map((name, index) => ({
      path: `login.identityProviders[${index}]`,
      section: 'identityProviders',
      name,
    }));
  }

  uniqueValues(settings: ApplicationSettings): readonly UniqueValue[] {
    return [{ path: 'oidc.clientId', kind: 'client id', value: settings.oidc.clientId }];
  }

  list = (em: EntityManager): Promise<readonly StoredObject<ApplicationSettings>[]> => this.table.list(em);

  save(tx: Transaction, settings: ApplicationSettings, stored: StoredObject<ApplicationSettings> | undefined, now: number): Promise<void> {
    return this.table.save(tx, settings, stored, now);
  }

  remove = (tx: Transaction, stored: StoredObject<ApplicationSettings>): Promise<void> => this.table.remove(tx, stored.id);
}

/** Fills in what depends on other fields. */
function complete(checked: ApplicationDto): ApplicationSettings {
  const { name, displayName, enabled, protocol, oidc, login, claims, consent, assertIdentity, theme } = checked;
  const { identityProviders, local } = login;
  return {
    name,
    displayName: displayName ?? name,
    enabled,
    protocol,
    oidc,
    login: { identityProviders, local: local ?? identityProviders.length === 0 },
    claims,
    consent,
    assertIdentity,
    ...(theme === undefined ? {} : { theme }),
  };
}
