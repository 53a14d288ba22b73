import { ClaimMappingDto, OidcProviderSettingsDto } from '@foyer/federation';
import {
  ChoiceField,
  eachRule,
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
import type { ClaimSettings, JitSettings } from './settings.js';

const realm = {
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
  patternMessage: 'must be a domain or a realm hint: letters, digits, ".", "_" and "-"',
} as const;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

export class ClaimSettingsDto implements ClaimSettings {
  @TextField({ description: 'The claim that names the account.', defaultInWords: 'the subject', example: 'preferred_username', max: 255 })
  userId?: string;

  @PlannedField() roles?: never;

  @ObjectListField(() => ClaimMappingDto, {
    description: 'External claims and constants that become local attributes.',
    default: [],
    maxItems: 100,
  })
  mappings: ClaimMappingDto[] = [];
}

export class LinkingDto {
  @ChoiceField({
    description: 'What happens when the username exists already.',
    values: ['deny'],
    planned: ['prove-ownership', 'verified-email', 'pre-provisioned'],
    default: 'deny',
  })
  existing = 'deny' as const;
}

export class JitSettingsDto implements JitSettings {
  @FlagField({ description: 'Whether accounts are created and updated at logins.', default: false })
  enabled = false;

  @ChoiceField({
    description: 'Whether the application waits until the account is written.',
    values: ['blocking'],
    planned: ['nonBlocking'],
    default: 'blocking',
  })
  mode = 'blocking' as const;

  @ChoiceField({ description: 'What a failing user store does to a login.', values: ['deny', 'admit'], default: 'deny' })
  onFailure: 'deny' | 'admit' = 'deny';

  @TextField({ description: 'The domain of the user store that accounts go to.', default: 'PRIMARY', max: 64 })
  @rule(
    'isFixed',
    (value) => !isObject(value),
    'must be a domain: choosing one by username or claim is not supported by this version yet',
    'settings.notSupported',
  )
  userStore = 'PRIMARY';

  @ChoiceField({
    description: 'What a person is asked before the account is created.',
    values: ['none'],
    planned: ['consent', 'password+consent', 'username+password+consent'],
    default: 'none',
  })
  prompt = 'none' as const;

  @ChoiceField({
    description: 'What later logins do to attributes.',
    values: ['overwrite', 'preserve-local', 'none'],
    default: 'overwrite',
  })
  attributeSync: 'overwrite' | 'preserve-local' | 'none' = 'overwrite';

  @ObjectField(() => LinkingDto, { description: 'How an external identity may be linked to an account that exists.', optional: true })
  linking: LinkingDto = new LinkingDto();

  @TextListField({
    description: 'E-mail domains for which this provider’s word counts.',
    example: ['acme.example'],
    default: [],
    maxItems: 100,
    max: 253,
    ...realm,
  })
  trustedDomains: string[] = [];

  @PlannedField() consentPurposes?: never;
}

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
  @eachRule('isRealm', (item) => typeof item !== 'string' || !item.includes('..'), 'must not have two dots in a row')
  homeRealms: string[] = [];

  @ObjectField(() => ClaimSettingsDto, { description: 'What its claims mean here.', optional: true })
  claims: ClaimSettingsDto = new ClaimSettingsDto();

  @PlannedField() roles?: never;

  @ObjectField(() => JitSettingsDto, { description: 'Just-in-time provisioning: what a login does to the account.', optional: true })
  jit: JitSettingsDto = new JitSettingsDto();

  @TextField({ description: 'The theme of pages at logins through it.', max: 63, optional: true, ...objectName })
  theme?: string;

  @PlannedField() saml?: never;
  @PlannedField() outbound?: never;
}
