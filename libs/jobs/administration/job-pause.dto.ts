import { ApiProperty } from '@nestjs/swagger';
import { filterBy, PageOf, TextField, type ListDeclaration } from '@foyer/platform';
import { JobPauseRow } from '../lanes/job-pause.row.js';

/** What is to be paused. */
export class CreateJobPauseDto {
  @TextField({ description: 'The jobs of an identity provider: `idp:` and its name.', example: 'idp:acme', max: 100 }) lane!: string;
}

/** A lane whose jobs wait until it is resumed. */
export class JobPauseDto {
  @ApiProperty({ example: 'idp:acme' }) lane!: string;
  @ApiProperty({ format: 'date-time' }) pausedAt!: string;
  @ApiProperty({ description: 'Who paused it: the subject of an access token, or a user of the command line.' }) pausedBy!: string;
}

export class JobPausePageDto extends PageOf(JobPauseDto) {}

export const pausesList: ListDeclaration<JobPauseRow> = {
  entity: JobPauseRow,
  key: 'lane',
  sortable: { lane: { property: 'lane', type: 'text' } },
  filterable: { lane: filterBy.text('lane') },
  defaultSort: 'lane',
};

export const toJobPauseDto = ({ lane, pausedAt, pausedBy }: JobPauseRow): JobPauseDto => ({
  lane,
  pausedAt: new Date(pausedAt).toISOString(),
  pausedBy,
});
