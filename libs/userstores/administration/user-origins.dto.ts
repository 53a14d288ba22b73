import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { AttributeValue } from '@foyer/platform';
import type { ValueOrigin } from '../users.js';

const sources: ValueOrigin['by'][] = ['idp', 'constant', 'local', 'self', 'scim'];

/** Who gave somebody a value, a role or a group. */
export class OriginDto {
  @ApiProperty({
    enum: sources,
    description:
      '`idp`: an identity provider said it. `constant`: its settings give it to everybody. `local`: an administrator. `self`: the person. `scim`: another system.',
  })
  by!: ValueOrigin['by'];

  @ApiProperty({ required: false, description: 'The identity provider’s name; its id when it was deleted.' }) identityProvider?: string;
}

export class AttributeOriginDto extends OriginDto {
  @ApiProperty({ nullable: true, description: 'The value. `null`: somebody took it away, and that counts, too.' })
  value!: AttributeValue | null;

  @ApiProperty({ required: false, description: 'The identity provider verified it inside its `trustedDomains`.' }) verified?: boolean;

  @ApiProperty({ required: false, format: 'date-time', description: 'Since when it has been so, where that is known.' }) since?: string;
}

const each = (schema: object): object => ({ type: 'object', additionalProperties: schema });
const sourcesOfEach = each({ type: 'array', items: { $ref: getSchemaPath(OriginDto) } });

/** Why a user has what they have. */
@ApiExtraModels(OriginDto, AttributeOriginDto)
export class UserOriginsDto {
  @ApiProperty({ ...each({ $ref: getSchemaPath(AttributeOriginDto) }), description: 'By attribute.' })
  attributes!: Readonly<Record<string, AttributeOriginDto>>;

  @ApiProperty({ ...sourcesOfEach, description: 'By role: everybody who grants it. It stays until all of them take it back.' })
  roles!: Readonly<Record<string, readonly OriginDto[]>>;

  @ApiProperty({ ...sourcesOfEach, description: 'By group.' })
  groups!: Readonly<Record<string, readonly OriginDto[]>>;
}
