import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Login } from '../login.js';
import type { LoginExplanation } from './login-explanations.js';
import type { LoginRow } from './login-row.js';

const text = { type: String, nullable: true } as const;

/** A login as the admin API shows it. */
export class LoginDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() application!: string;
  @ApiProperty({ ...text, description: 'Null for a local login, or when none was chosen.' }) identityProvider!: string | null;
  @ApiProperty({ enum: ['running', 'answered', 'denied', 'failed', 'expired'] }) outcome!: LoginRow['outcome'] | 'running';
  @ApiProperty({ ...text, description: 'Why it was denied or failed.' }) code!: string | null;
  @ApiProperty({ ...text, description: 'The step at which it ended without success.' }) step!: string | null;
  @ApiProperty({ ...text, description: 'The cause, for administrators.' }) detail!: string | null;
  @ApiProperty({ ...text, description: 'What applications see as `sub`.' }) subject!: string | null;
  @ApiProperty({ ...text, description: 'The account, if there is one.' }) userId!: string | null;
  @ApiProperty(text) address!: string | null;
  @ApiProperty({ format: 'date-time', description: 'When it started.' }) createdAt!: string;
  @ApiProperty({ ...text, format: 'date-time' }) finishedAt!: string | null;
  @ApiProperty({ type: Number, nullable: true }) durationMs!: number | null;
}

export class LoginExplanationDto implements LoginExplanation {
  @ApiProperty({ description: 'The step that ended it.' }) step!: string;
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'What was found.' }) message!: string;
  @ApiPropertyOptional({ description: 'The external claim that it is about.' }) claim?: string;
  @ApiPropertyOptional({ description: 'The policy of the user store that it is about.' }) policy?: string;
  @ApiProperty({ description: 'What to change.' }) advice!: string;
}

/** A login by itself. */
export class LoginDetailDto extends LoginDto {
  @ApiProperty({ type: LoginExplanationDto, nullable: true, description: 'Why it ended without success.' })
  explanation!: LoginExplanationDto | null;
}

export class LoginPageDto {
  @ApiProperty({ type: [LoginDto] }) items!: readonly LoginDto[];
  @ApiProperty({ description: 'How many there are on all pages.' }) total!: number;
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export const toLoginDto = ({ startedAt, finishedAt, ...row }: LoginRow): LoginDto => ({
  ...row,
  createdAt: new Date(startedAt).toISOString(),
  finishedAt: new Date(finishedAt).toISOString(),
});

/** A login that goes on, or ended this very moment. */
export function runningLogin(login: Login): LoginDto {
  const { id, request, choice, authentication, startedAt } = login;
  return {
    id,
    application: request.application,
    identityProvider: choice?.kind === 'external' ? choice.identityProvider.name : null,
    outcome: 'running',
    code: null,
    step: null,
    detail: null,
    subject: authentication?.subject ?? null,
    userId: authentication?.account ? authentication.subject : null,
    address: request.address ?? null,
    createdAt: new Date(startedAt).toISOString(),
    finishedAt: null,
    durationMs: null,
  };
}
