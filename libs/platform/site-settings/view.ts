import { ApiProperty } from '@nestjs/swagger';
import type { Plain } from './plain.js';
import type { ConfigurableSection, SettingsObject, StoredObject } from './section.js';
import { masked } from './secrets.js';

/** What the admin API shows of a settings object besides its settings. */
export class SettingsObjectFacts {
  @ApiProperty({ format: 'uuid', readOnly: true, description: 'Minted anew even when a deleted name comes back.' }) id!: string;
  @ApiProperty({ readOnly: true, format: 'date-time' }) createdAt!: string;
  @ApiProperty({ readOnly: true, format: 'date-time' }) updatedAt!: string;
}

/** A settings object as the admin API shows it: secrets are masked. */
export const settingsView = <T extends SettingsObject>(
  section: Pick<ConfigurableSection<T>, 'secrets'>,
  { id, settings, createdAt, updatedAt }: StoredObject<T>,
): Plain => ({
  ...masked(settings, section.secrets),
  id,
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString(),
});

/** The body of a `PATCH` in OpenAPI. */
export const mergePatchBody = {
  description: 'A JSON Merge Patch (RFC 7396): named keys replace, `null` removes, objects merge, lists are replaced whole.',
  schema: { type: 'object', additionalProperties: true },
} as const;
