import {
  attributeName,
  ChoiceField,
  eachRule,
  FlagField,
  isReservedAttribute,
  isReservedName,
  ObjectField,
  objectName,
  PlannedField,
  rule,
  TextField,
  TextListField,
} from '@foyer/platform';
import { OidcClientDto } from './oidc-client.dto.js';
import type { ApplicationSettings } from './settings.js';

/** What nobody types: what Foyer alone vouches for, and what is made of several texts. */
const notTyped = ['emailVerified', 'phoneNumberVerified', 'address', 'updatedAt'];

const canBeTyped = (item: unknown): boolean => typeof item !== 'string' || !(isReservedAttribute(item) || notTyped.includes(item));

function isRequested(item: unknown, claims: object): boolean {
  const requested: unknown = Reflect.get(claims, 'requested');
  return !Array.isArray(requested) || requested.includes(item);
}

export class ApplicationLoginDto {
  @TextListField({
    description: 'Identity providers that may open this application, by name.',
    example: ['acme'],
    default: [],
    maxItems: 100,
    max: 63,
    ...objectName,
  })
  identityProviders: string[] = [];

  @FlagField({
    description: 'Whether a username and password of a user store may.',
    defaultInWords: 'true when no identity provider is listed, else false',
  })
  local?: boolean;
}

export class ApplicationClaimsDto {
  @TextListField({
    description: 'Local attributes, `roles` or `groups` that are released besides what scopes cover.',
    example: ['email', 'department'],
    default: [],
    maxItems: 100,
    max: 64,
    ...attributeName,
  })
  requested: string[] = [];

  @TextListField({
    description:
      'Those of `requested` without which a login does not end: a person whose account lacks one is asked for it, and it is kept if they agree.',
    example: ['email'],
    default: [],
    maxItems: 100,
    max: 64,
    ...attributeName,
  })
  @eachRule('isRequested', isRequested, 'must stand in requested too: what a person has to give has to be released', 'setting.contradicts')
  @eachRule('canBeTyped', canBeTyped, 'is nothing that a person can be asked for', 'attribute.notAskable')
  mandatory: string[] = [];

  @TextListField({
    description: 'Those that stand in the ID token too.',
    example: ['email'],
    default: [],
    maxItems: 100,
    max: 64,
    ...attributeName,
  })
  idToken: string[] = [];
}

/** An application as the YAML file and the admin API have it. */
export class ApplicationDto {
  @TextField({ description: 'Unique; never changes; stands in addresses.', example: 'intranet', max: 63, ...objectName })
  @rule('freeName', (value) => !isReservedName(value), 'must not begin with foyer-', 'name.reserved')
  name!: string;

  @TextField({ description: 'What people read.', defaultInWords: 'the name', example: 'Intranet', max: 255 })
  displayName?: string;

  @FlagField({ description: 'Whether it may ask for logins.', default: true })
  enabled = true;

  @ChoiceField({ description: 'The protocol that it speaks.', values: ['oidc'], planned: ['saml'], example: 'oidc' })
  protocol!: 'oidc';

  @ObjectField(() => OidcClientDto, {
    description: 'The OpenID Connect client.',
    requiredWhen: (settings) => Reflect.get(settings, 'protocol') === 'oidc',
  })
  oidc!: OidcClientDto;

  @ObjectField(() => ApplicationLoginDto, { description: 'How people may log in to it.', optional: true })
  login: ApplicationLoginDto = new ApplicationLoginDto();

  @ObjectField(() => ApplicationClaimsDto, { description: 'What it learns about people.', optional: true })
  claims: ApplicationClaimsDto = new ApplicationClaimsDto();

  @ChoiceField({
    description:
      'Whether a person is asked before anything is released; with `implicit` the administrator who registered it vouches for it.',
    values: ['implicit', 'ask'],
    default: 'implicit',
  })
  consent: ApplicationSettings['consent'] = 'implicit';

  @ChoiceField({
    description:
      'What it learns of a person: the linked account (id, attributes, roles), or the mapped claims of this login. `sub` is Foyer’s in both.',
    values: ['local', 'external'],
    default: 'local',
  })
  assertIdentity: ApplicationSettings['assertIdentity'] = 'local';

  @TextField({ description: 'The theme of its login pages.', max: 63, optional: true, ...objectName })
  theme?: string;

  @PlannedField() saml?: never;
}
