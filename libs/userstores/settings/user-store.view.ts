import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { SettingsObjectFacts } from '@foyer/platform';
import { UserStoreDto } from './user-store.dto.js';

/** A user store as the admin API shows it. A secret reads `***`. */
export class UserStoreViewDto extends IntersectionType(UserStoreDto, SettingsObjectFacts) {}

export class UserStorePageDto {
  @ApiProperty({ type: [UserStoreViewDto] }) items!: UserStoreViewDto[];
  @ApiProperty({ description: 'How many there are on all pages.' }) total!: number;
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
