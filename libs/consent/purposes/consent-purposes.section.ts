import {
  fromStored,
  parseInput,
  SettingsTable,
  Vault,
  type ConfigurableSection,
  type InputFault,
  type SecretField,
  type StoredObject,
  type Transaction,
} from '@foyer/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConsentPurposeDto } from './consent-purpose.dto.js';
import { Notices } from './notices.js';
import type { Notice } from './purpose.js';
import type { ConsentPurposeSettings } from './settings.js';

/** Consent purposes as a section of the settings: how they are checked and stored. */
@Injectable()
export class ConsentPurposesSection implements ConfigurableSection<ConsentPurposeSettings> {
  readonly key = 'consentPurposes';
  readonly title = 'consent purpose';
  readonly nameKey = 'name';
  readonly secrets: readonly SecretField[] = [];
  readonly table: SettingsTable<ConsentPurposeSettings>;

  constructor(
    vault: Vault,
    private readonly notices: Notices,
  ) {
    const decode = (config: unknown): ConsentPurposeSettings => complete(fromStored(ConsentPurposeDto, config));
    this.table = new SettingsTable({ table: 'consent_purposes', kind: 'consentPurpose', secrets: this.secrets, decode }, vault);
  }

  readonly nameKeyOf = (name: string): string => name;
  readonly permanent = (): boolean => false;

  normalize(input: unknown, path: string): ConsentPurposeSettings {
    return complete(parseInput(ConsentPurposeDto, input, path));
  }

  /** What people agreed to under a higher version would count for the lower one, which says something else. */
  changeFaults(before: ConsentPurposeSettings, after: ConsentPurposeSettings): InputFault[] {
    if (after.version >= before.version) return [];
    return [{ path: 'version', code: 'purpose.version.lower', message: `must not be lower than the stored version ${before.version}` }];
  }

  readonly references = (): [] => [];
  readonly uniqueValues = (): [] => [];

  list = (em: EntityManager): Promise<readonly StoredObject<ConsentPurposeSettings>[]> => this.table.list(em);

  async save(
    tx: Transaction,
    settings: ConsentPurposeSettings,
    stored: StoredObject<ConsentPurposeSettings> | undefined,
    now: number,
  ): Promise<void> {
    await this.table.save(tx, settings, stored, now);
    await this.notices.keep(tx, noticeOf(settings), now);
  }

  remove = (tx: Transaction, stored: StoredObject<ConsentPurposeSettings>): Promise<void> => this.table.remove(tx, stored.id);
}

/** What a purpose says to people. */
export function noticeOf({ name, version, title, text, retention, sharedWith, attributes }: ConsentPurposeSettings): Notice {
  return { purpose: name, version, title, text, ...(retention && { retention }), sharedWith, attributes };
}

/** In the order in which the settings reference has them, without what is not said. */
function complete({
  name,
  version,
  title,
  text,
  attributes,
  retention,
  sharedWith,
  everyIdentityProvider,
}: ConsentPurposeDto): ConsentPurposeSettings {
  return { name, version, title, text, attributes, ...(retention && { retention }), sharedWith, everyIdentityProvider };
}
