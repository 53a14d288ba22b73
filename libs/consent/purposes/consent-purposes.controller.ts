import { SettingsController } from '@foyer/admin-access';
import { PageOf, SettingsObjectFacts } from '@foyer/platform';
import { IntersectionType } from '@nestjs/swagger';
import { ConsentPurposeDto } from './consent-purpose.dto.js';
import { ConsentPurposeRow } from './consent-purpose.row.js';
import { ConsentPurposesSection } from './consent-purposes.section.js';

/** A consent purpose as the admin API shows it. */
class ConsentPurposeViewDto extends IntersectionType(ConsentPurposeDto, SettingsObjectFacts) {}

class ConsentPurposePageDto extends PageOf(ConsentPurposeViewDto) {}

/** Consent purposes, for administrators. */
export class ConsentPurposesController extends SettingsController({
  resource: 'consent-purposes',
  section: ConsentPurposesSection,
  many: 'consent purposes',
  one: 'a consent purpose',
  notes: { change: ': only a higher version asks people again', remove: ' that no identity provider names; its receipts stay' },
  dto: ConsentPurposeDto,
  view: ConsentPurposeViewDto,
  page: ConsentPurposePageDto,
  row: ConsentPurposeRow,
}) {}
