import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsOptional, ValidateIf } from 'class-validator';
import { FlagField, ObjectListField, rule, TextField, TextListField, type Attributes } from '@foyer/platform';
import { primaryDomain } from '../settings/settings.js';

const attributeExample = { givenName: 'Anna', familyName: 'Ångström', email: 'anna@acme.example' };

const AttributesField = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: 'object',
      additionalProperties: true,
      description: 'By their local names (SCIM core names and any further ones): texts, numbers, flags, lists of texts, or named texts.',
      example: attributeExample,
      selfRequired: false,
    }),
    IsOptional(),
    IsObject(),
  );

const time = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** A time as RFC 3339 §5.6 writes it, on a day that exists. */
function isTime(value: unknown): boolean {
  const [, day] = (typeof value === 'string' && time.exec(value)) || [];
  if (day === undefined || Number.isNaN(Date.parse(String(value)))) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

const ExpiryField = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      ...{ type: String, format: 'date-time', nullable: true, required: false, default: null, example: '2027-01-31T00:00:00Z' },
      description: 'From then on nobody logs in to the account. `null`: never.',
    }),
    ValidateIf((_, value) => value !== undefined && value !== null),
    rule('time', isTime, 'must be a time such as 2027-01-31T00:00:00Z, or null'),
  );

/** An external identity that an administrator says is the user's. */
export class NamedIdentityDto {
  @TextField({ description: 'The identity provider’s name.', example: 'acme', max: 63 }) identityProvider!: string;
  @TextField({ description: 'Who the user is there: the subject, byte for byte.', example: '248289761001', max: 255 }) subject!: string;
}

/** What of a user can be changed. */
export class ChangeUserDto {
  @TextField({ description: 'Without domain; unique in its store by NFKC and full case folding.', example: 'anna', max: 255 })
  username!: string;

  @FlagField({ description: 'Whether the person can log in.', default: true })
  enabled = true;

  @FlagField({ description: 'Locked by an administrator: the person cannot log in, and is told so.', default: false })
  locked = false;

  @ExpiryField() expiresAt?: string | null;

  @TextField({ description: 'Sets the password. It is never shown.', optional: true, secret: true, max: 1_024 })
  password?: string;

  @AttributesField() attributes: Attributes = {};

  @TextListField({ description: 'Names of roles.', example: ['developer'], default: [], maxItems: 1_000, max: 255 })
  roles: string[] = [];

  @TextListField({ description: 'Names of groups.', example: ['staff'], default: [], maxItems: 1_000, max: 255 })
  groups: string[] = [];

  @ObjectListField(() => NamedIdentityDto, {
    description:
      'External identities of the user. One that is added leads here from its first login on, if its identity provider has `linking.existing: pre-provisioned`; one that is missing from the list is unlinked.',
    default: [],
    maxItems: 100,
  })
  links: NamedIdentityDto[] = [];
}

export class CreateUserDto extends ChangeUserDto {
  @TextField({ description: 'The domain of the user store. Never changes.', default: primaryDomain, max: 63 })
  userStore: string = primaryDomain;
}

export class UserLinkDto {
  @ApiProperty({ description: 'The identity provider’s name.' }) identityProvider!: string;
  @ApiProperty() subject!: string;
  @ApiProperty({ description: 'Whether the person has logged in by it; false: an administrator named it.' }) active!: boolean;
}

/** A user as the admin API shows it. */
export class UserDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Without the domain.' }) username!: string;
  @ApiProperty({ description: 'The domain of the user store.' }) userStore!: string;
  @ApiProperty() enabled!: boolean;
  @ApiProperty() locked!: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, example: attributeExample }) attributes!: Attributes;
  @ApiProperty({ type: [String] }) roles!: readonly string[];
  @ApiProperty({ type: [String] }) groups!: readonly string[];
  @ApiProperty({ type: [UserLinkDto] }) links!: readonly UserLinkDto[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ required: false, description: 'In lists: the store did not answer, so attributes, roles and groups are not known.' })
  storeUnavailable?: true;
}

export class UserPageDto {
  @ApiProperty({ type: [UserDto] }) items!: readonly UserDto[];
  @ApiProperty() total!: number;
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
