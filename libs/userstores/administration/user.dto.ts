import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsOptional } from 'class-validator';
import { FlagField, TextField, TextListField, type Attributes } from '@foyer/platform';
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

/** What of a user can be changed. */
export class ChangeUserDto {
  @TextField({ description: 'Without domain; unique in its store by NFKC and full case folding.', example: 'anna', max: 255 })
  username!: string;

  @FlagField({ description: 'Whether the person can log in.', default: true })
  enabled = true;

  @TextField({ description: 'Sets the password. It is never shown.', optional: true, secret: true, max: 1_024 })
  password?: string;

  @AttributesField() attributes: Attributes = {};

  @TextListField({ description: 'Names of roles.', example: ['developer'], default: [], maxItems: 200, max: 255 })
  roles: string[] = [];

  @TextListField({ description: 'Names of groups.', example: ['staff'], default: [], maxItems: 200, max: 255 })
  groups: string[] = [];
}

export class CreateUserDto extends ChangeUserDto {
  @TextField({ description: 'The domain of the user store. Never changes.', default: primaryDomain, max: 63 })
  userStore: string = primaryDomain;
}

export class UserLinkDto {
  @ApiProperty({ description: 'The identity provider’s name.' }) identityProvider!: string;
  @ApiProperty() subject!: string;
  @ApiProperty() active!: boolean;
}

/** A user as the admin API shows it. */
export class UserDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Without the domain.' }) username!: string;
  @ApiProperty({ description: 'The domain of the user store.' }) userStore!: string;
  @ApiProperty() enabled!: boolean;
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
