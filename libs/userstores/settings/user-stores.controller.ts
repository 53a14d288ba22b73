import { IntersectionType } from '@nestjs/swagger';
import { SettingsController } from '@foyer/admin-access';
import { filterBy, PageOf, SettingsObjectFacts } from '@foyer/platform';
import { domainKey } from './settings.js';
import { UserStoreDto } from './user-store.dto.js';
import { UserStoreRow } from './user-store.row.js';
import { UserStoresSection } from './user-stores.section.js';

/** A user store as the admin API shows it. A secret reads `***`. */
class UserStoreViewDto extends IntersectionType(UserStoreDto, SettingsObjectFacts) {}

class UserStorePageDto extends PageOf(UserStoreViewDto) {}

/** User stores, for administrators. */
export class UserStoresController extends SettingsController({
  resource: 'user-stores',
  section: UserStoresSection,
  nameKey: 'domain',
  many: 'user stores',
  one: 'a user store',
  notes: { remove: ' that has no users and that no identity provider names' },
  dto: UserStoreDto,
  view: UserStoreViewDto,
  page: UserStorePageDto,
  row: UserStoreRow,
  filterable: {
    domain: { property: 'name', parse: domainKey, wants: 'a domain' },
    enabled: filterBy.flag('enabled'),
    type: filterBy.oneOf('protocol', ['sql']),
  },
}) {}
