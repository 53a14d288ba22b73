import { PageOf } from '@foyer/platform';
import { ApiProperty } from '@nestjs/swagger';
import type { JournalEntry } from './entry.js';

const text = { type: String, nullable: true } as const;
const values = { type: Object, nullable: true, additionalProperties: true } as const;

export const outcomes = ['create', 'update', 'link', 'unchanged', 'prompt', 'skip', 'deny', 'admit', 'failed'] as const;

/** An entry as the admin API shows it. */
export class JournalEntryDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ ...text, format: 'uuid' }) loginId!: string | null;
  @ApiProperty({ description: 'The name of the identity provider.' }) identityProvider!: string;
  @ApiProperty({ description: 'The subject at the identity provider; shortened when it was refused for its length.' }) subject!: string;
  @ApiProperty({ ...text, format: 'uuid', description: 'What applications see as `sub`: the id of the account, if there is one.' })
  userId!: string | null;
  @ApiProperty({ ...text, description: 'The domain of the user store.' }) userStore!: string | null;
  @ApiProperty(text) username!: string | null;
  @ApiProperty({ enum: outcomes }) outcome!: JournalEntry['outcome'];
  @ApiProperty({ ...text, description: 'Why it was denied, skipped, admitted or failed.' }) code!: string | null;
  @ApiProperty({ type: Object, additionalProperties: true, description: 'The provisioning plan: its outcome and its steps.' })
  plan!: unknown;
  @ApiProperty({ ...values, description: 'The changed attributes as they were.' }) before!: JournalEntry['before'];
  @ApiProperty({ ...values, description: 'The changed attributes as they are.' }) after!: JournalEntry['after'];
  @ApiProperty() durationMs!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class JournalPageDto extends PageOf(JournalEntryDto) {}

export const toDto = ({ identityProviderId: _internal, createdAt, ...entry }: JournalEntry): JournalEntryDto => ({
  ...entry,
  createdAt: new Date(createdAt).toISOString(),
});
