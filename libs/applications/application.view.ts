import { SettingsObjectFacts } from '@foyer/platform';
import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { ApplicationDto } from './application.dto.js';

/** An application as the admin API shows it. A secret reads `***`. */
export class ApplicationViewDto extends IntersectionType(ApplicationDto, SettingsObjectFacts) {}

export class ApplicationPageDto {
  @ApiProperty({ type: [ApplicationViewDto] }) items!: ApplicationViewDto[];
  @ApiProperty({ description: 'How many there are on all pages.' }) total!: number;
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
