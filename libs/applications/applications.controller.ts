import { SettingsController } from '@foyer/admin-access';
import { filterBy, PageOf, SettingsObjectFacts } from '@foyer/platform';
import { IntersectionType } from '@nestjs/swagger';
import { ApplicationDto } from './application.dto.js';
import { ApplicationRow } from './application.row.js';
import { ApplicationsSection } from './applications.section.js';

/** An application as the admin API shows it. A secret reads `***`. */
class ApplicationViewDto extends IntersectionType(ApplicationDto, SettingsObjectFacts) {}

class ApplicationPageDto extends PageOf(ApplicationViewDto) {}

/** Applications, for administrators. */
export class ApplicationsController extends SettingsController({
  resource: 'applications',
  section: ApplicationsSection,
  many: 'applications',
  one: 'an application',
  dto: ApplicationDto,
  view: ApplicationViewDto,
  page: ApplicationPageDto,
  row: ApplicationRow,
  sortable: {
    displayName: { property: 'displayName', type: 'text' },
    clientId: { property: 'clientId', type: 'text' },
  },
  filterable: {
    displayName: filterBy.text('displayName'),
    enabled: filterBy.flag('enabled'),
    protocol: filterBy.oneOf('protocol', ['oidc']),
    clientId: filterBy.text('clientId'),
  },
}) {}
