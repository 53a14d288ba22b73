import { ClaimMappingDto, OidcProviderSettingsDto } from '@foyer/federation';
import {
  ChoiceField,
  FlagField,
  isReservedName,
  ObjectField,
  ObjectListField,
  objectName,
  PlannedField,
  rule,
  TextField,
  TextListField,
} from '@foyer/platform';
import { JitSettingsDto, realm, RealmsRule } from './jit-settings.dto.js';
import { RoleSettingsDto } from './role-settings.dto.js';
import type { ClaimSettings } from './settings.js';

export class ClaimSettingsDto implements ClaimSettings {
  @TextField({ description: 'The claim that names the account.', defaultInWords: 'the subject', example: 'preferred_username', max: 255 })
  userId?: string;

  @TextField({ description: 'The claim that carries roles: a list of texts, or one.', optional: true, example: 'groups', max: 255 })
  roles?: string;

  @ObjectListField(() => ClaimMappingDto, {
    description: 'External claims and constants that become local attributes.',
    default: [],
    maxItems: 100,
  })
  mappings: ClaimMappingDto[] = [];
}

const readsRoles = (provider: object): boolean => {
  const claims: unknown = Reflect.get(provider, 'claims');
  return claims instanceof ClaimSettingsDto && claims.roles !== undefined;
};

/** An identity provider as the YAML file and the admin API have it. */
export class IdentityProviderDto {
  @TextField({ description: 'Unique; never changes; stands in addresses.', example: 'acme', max: 63, ...objectName })
  @rule('freeName', (value) => !isReservedName(value), 'must not begin with foyer-', 'name.reserved')
  name!: string;

  @TextField({ description: 'What people read.', defaultInWords: 'the name', example: 'Acme Corp', max: 255 })
  displayName?: string;

  @FlagField({ description: 'Whether logins through it are possible.', default: true })
  enabled = true;

  @ChoiceField({ description: 'The protocol that it speaks.', values: ['oidc'], planned: ['saml'], example: 'oidc' })
  protocol!: 'oidc';

  @ObjectField(() => OidcProviderSettingsDto, {
    description: 'How Foyer speaks OpenID Connect to it.',
    requiredWhen: (settings) => Reflect.get(settings, 'protocol') === 'oidc',
  })
  oidc!: OidcProviderSettingsDto;

  @TextListField({
    description: 'E-mail domains or realm hints that lead here. Each leads to one provider only.',
    example: ['acme.example'],
    default: [],
    maxItems: 100,
    max: 253,
    ...realm,
  })
  @RealmsRule()
  homeRealms: string[] = [];

  @ObjectField(() => ClaimSettingsDto, { description: 'What its claims mean here.', optional: true })
  claims: ClaimSettingsDto = new ClaimSettingsDto();

  @ObjectField(() => RoleSettingsDto, { description: 'What its roles become here.', optional: true })
  @rule(
    'mappingsNeedRoles',
    (roles, provider) => !(roles instanceof RoleSettingsDto) || roles.mappings.length === 0 || readsRoles(provider),
    'needs claims.roles: without the claim that carries roles nothing is mapped',
    'setting.contradicts',
    'mappings',
  )
  @rule(
    'sameNameNeedsRoles',
    (roles, provider) => !(roles instanceof RoleSettingsDto) || roles.unmapped === 'drop' || readsRoles(provider),
    'needs claims.roles: without the claim that carries roles there are none to keep',
    'setting.contradicts',
    'unmapped',
  )
  roles: RoleSettingsDto = new RoleSettingsDto();

  @ObjectField(() => JitSettingsDto, { description: 'Just-in-time provisioning: what a login does to the account.', optional: true })
  jit: JitSettingsDto = new JitSettingsDto();

  @TextField({ description: 'The theme of pages at logins through it.', max: 63, optional: true, ...objectName })
  theme?: string;

  @PlannedField() saml?: never;
  @PlannedField() outbound?: never;
}
