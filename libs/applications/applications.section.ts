import { adminApiOf, mayChangeScopeHolder, mayGrantScopes, type AdministeredSection, type AdminCaller } from '@foyer/admin-access';
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
import { ApplicationDto } from './application.dto.js';
import type { ApplicationSettings } from './settings.js';

const authenticatesByKeyOrNot = (input: Readonly<Record<string, unknown>>): boolean =>
  ['private_key_jwt', 'none'].includes(String(Reflect.get(Object(input.oidc) as object, 'clientAuthentication')));

/** Applications as a section of the settings: how they are checked, stored, and what they refer to. */
@Injectable()
export class ApplicationsSection
  extends TableSection<ApplicationSettings, ApplicationDto>
  implements AdministeredSection<ApplicationSettings>
{
  private readonly outgoing: OutgoingPolicy;
  private readonly adminApi: string;

  constructor(vault: Vault, @Inject(SETTINGS) settings: Pick<Settings, 'outgoingAllow' | 'publicUrl'>) {
    super(vault, {
      key: 'applications',
      title: 'application',
      table: 'applications',
      kind: 'application',
      secrets: [{ path: 'oidc.clientSecret', appliesTo: (input) => !authenticatesByKeyOrNot(input) }],
      dto: ApplicationDto,
      complete,
      columns: (application) => ({ ...settingsColumns(application), client_id: application.oidc.clientId }),
    });
    this.outgoing = new OutgoingPolicy(settings.outgoingAllow);
    this.adminApi = adminApiOf(settings.publicUrl);
  }

  override references(settings: ApplicationSettings): readonly SettingsReference[] {
    return settings.login.identityProviders.map((name, index) => ({
      path: `login.identityProviders[${index}]`,
      section: 'identityProviders',
      name,
    }));
  }

  override uniqueValues(settings: ApplicationSettings): readonly UniqueValue[] {
    return [{ path: 'oidc.clientId', kind: 'client id', value: settings.oidc.clientId }];
  }

  /** An application that may ask for scopes of the admin API has their power: nobody gives it what they lack, or changes one that has more. */
  authorize(caller: AdminCaller, { before, after }: SettingsStates<ApplicationSettings>): void {
    mayChangeScopeHolder(caller, this.adminScopesOf(before));
    mayGrantScopes(caller, this.adminScopesOf(after));
  }

  /** Said when saving rather than when the keys are needed. */
  protected override faultsOf({ oidc }: ApplicationSettings, path: string): InputFault[] {
    return this.outgoing.faultsOf(oidc.jwksUri, keyPath(keyPath(path, 'oidc'), 'jwksUri'));
  }

  private adminScopesOf(settings: ApplicationSettings | undefined): readonly string[] {
    return (settings?.oidc.resources ?? []).filter(({ uri }) => uri === this.adminApi).flatMap(({ scopes }) => scopes);
  }
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
