import { SettingsObjectFacts } from '@foyer/platform';
import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { IdentityProviderDto } from './identity-provider.dto.js';

/** An identity provider as the admin API shows it. A secret reads `***`. */
export class IdentityProviderViewDto extends IntersectionType(IdentityProviderDto, SettingsObjectFacts) {}

export class IdentityProviderPageDto {
  @ApiProperty({ type: [IdentityProviderViewDto] }) items!: IdentityProviderViewDto[];
  @ApiProperty({ description: 'How many there are on all pages.' }) total!: number;
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
