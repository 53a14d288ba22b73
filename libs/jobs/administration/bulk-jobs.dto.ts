import { ApiProperty } from '@nestjs/swagger';
import { NumberField, TextField } from '@foyer/platform';

const filter = { optional: true, max: 255 } as const;

/** Which dead jobs: those that have all of what is said here. */
export class BulkJobsDto {
  @TextField({ ...filter, description: 'Of this kind.', example: 'provision' }) kind?: string;
  @TextField({ ...filter, description: 'Of this identity provider, by its name.', example: 'acme' }) identityProvider?: string;
  @TextField({ ...filter, description: 'About this person.' }) userId?: string;
  @TextField({ ...filter, description: 'Asked for by this login.' }) loginId?: string;
  @TextField({ ...filter, description: 'That failed last for this reason.', example: 'store.unavailable' }) code?: string;
  @TextField({ ...filter, description: 'Asked for at or after this time.', example: '2026-01-31T12:00:00Z' }) createdFrom?: string;
  @TextField({ ...filter, description: 'Asked for before this time.' }) createdBefore?: string;
  @NumberField({ description: 'At most so many in this request.', default: 100, min: 1, max: 500 }) limit = 100;
  @TextField({ optional: true, max: 4_096, description: 'The nextCursor of the request before, to go on after it.' }) cursor?: string;
}

class SkippedJobDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Why: a stable code, such as `job.ended` for one that somebody else was faster with.' }) code!: string;
}

export class BulkResultDto {
  @ApiProperty({ type: 'integer', description: 'How many were changed.' }) changed!: number;
  @ApiProperty({ type: [SkippedJobDto] }) skipped!: SkippedJobDto[];
  @ApiProperty({ type: String, nullable: true, description: 'There are more: send it as `cursor` to go on. Null: that was all.' })
  nextCursor!: string | null;
}
