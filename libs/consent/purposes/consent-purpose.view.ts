import { SettingsObjectFacts } from '@foyer/platform';
import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { ConsentPurposeDto } from './consent-purpose.dto.js';

/** A consent purpose as the admin API shows it. */
export class ConsentPurposeViewDto extends IntersectionType(ConsentPurposeDto, SettingsObjectFacts) {}

export class ConsentPurposePageDto {
  @ApiProperty({ type: [ConsentPurposeViewDto] }) items!: ConsentPurposeViewDto[];
  @ApiProperty({ description: 'How many there are on all pages.' }) total!: number;
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
