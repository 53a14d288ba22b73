import { ChoiceField, FlagField, NumberField, ObjectField, PlannedField, rule, TextField } from '@foyer/platform';
import { PolicyDto } from '../policies/policy-settings.js';

export class SqlStoreSettingsDto {
  @TextField({
    description: 'A database other than Foyer’s own. A password in it moves to `password`.',
    example: 'mysql://foyer@db.example.org/corp',
    max: 1_024,
  })
  @rule('databaseUrl', isDatabaseUrl, 'must be sqlite:PATH or mysql://user@host:port/database, without query')
  url!: string;

  @TextField({ description: 'The password of the database’s user.', optional: true, secret: true, max: 1_024 })
  password?: string;

  @NumberField({ description: 'Milliseconds within which every call to the store ends.', default: 5_000, min: 100, max: 60_000 })
  timeoutMs = 5_000;
}

/** A user store as the YAML file and the admin API have it. */
export class UserStoreDto {
  @TextField({
    description: 'Names the store, also in DOMAIN/name; case does not matter; never changes.',
    example: 'CORP',
    max: 63,
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    patternMessage: 'must have letters, digits, ".", "_" and "-", and begin with a letter or digit',
  })
  domain!: string;

  @ChoiceField({ description: 'Where accounts live.', values: ['sql'], planned: ['ldap'], example: 'sql' })
  type!: 'sql';

  @FlagField({ description: 'Whether the store can be used at all.', default: true })
  enabled = true;

  @FlagField({ description: 'Whether Foyer only reads.', default: false })
  readOnly = false;

  @FlagField({
    description:
      'Whether every account has a password. People who come from an identity provider then get one that fits the policy and that nobody knows; otherwise they have none.',
    default: false,
  })
  passwordRequired = false;

  @ObjectField(() => SqlStoreSettingsDto, { description: 'Another database than Foyer’s own.', optional: true })
  sql?: SqlStoreSettingsDto;

  @PlannedField() ldap?: never;

  @ObjectField(() => PolicyDto, { description: 'What names and passwords have to look like.', optional: true })
  policy: PolicyDto = new PolicyDto();
}

function isDatabaseUrl(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const file = /^sqlite:(?:\/\/)?(.+)$/.exec(value)?.[1];
  if (file !== undefined) return !file.startsWith(':');
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === 'mysql:' && url.hostname !== '' && url.pathname.length > 1 && url.search === '' && url.hash === '';
}
