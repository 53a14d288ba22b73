import type { AdministeredSection } from '@foyer/admin-access';
import { TableSection, Vault, type InputFault, type StoredObject, type Transaction } from '@foyer/platform';
import { Injectable } from '@nestjs/common';
import { ConsentPurposeDto } from './consent-purpose.dto.js';
import { Notices } from './notices.js';
import type { Notice } from './purpose.js';
import type { ConsentPurposeSettings } from './settings.js';

/** Consent purposes as a section of the settings: how they are checked and stored. */
@Injectable()
export class ConsentPurposesSection
  extends TableSection<ConsentPurposeSettings, ConsentPurposeDto>
  implements AdministeredSection<ConsentPurposeSettings>
{
  constructor(
    vault: Vault,
    private readonly notices: Notices,
  ) {
    super(vault, {
      key: 'consentPurposes',
      title: 'consent purpose',
      table: 'consent_purposes',
      kind: 'consentPurpose',
      dto: ConsentPurposeDto,
      complete,
      columns: ({ name }) => ({ name }),
    });
  }

  /** What people agreed to under a higher version would count for the lower one, which says something else. */
  changeFaults(before: ConsentPurposeSettings, after: ConsentPurposeSettings): InputFault[] {
    if (after.version >= before.version) return [];
    return [{ path: 'version', code: 'purpose.version.lower', message: `must not be lower than the stored version ${before.version}` }];
  }

  /** The scope is enough. */
  authorize(): void {}

  override async save(
    tx: Transaction,
    settings: ConsentPurposeSettings,
    stored: StoredObject<ConsentPurposeSettings> | undefined,
    now: number,
  ): Promise<void> {
    await super.save(tx, settings, stored, now);
    await this.notices.keep(tx, noticeOf(settings), now);
  }
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
