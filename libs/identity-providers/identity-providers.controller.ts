import { SettingsController } from '@foyer/admin-access';
import { filterBy, PageOf, SettingsObjectFacts } from '@foyer/platform';
import { IntersectionType } from '@nestjs/swagger';
import { IdentityProviderDto } from './identity-provider.dto.js';
import { IdentityProviderRow } from './identity-provider.row.js';
import { IdentityProvidersSection } from './identity-providers.section.js';

/** An identity provider as the admin API shows it. A secret reads `***`. */
class IdentityProviderViewDto extends IntersectionType(IdentityProviderDto, SettingsObjectFacts) {}

class IdentityProviderPageDto extends PageOf(IdentityProviderViewDto) {}

/** Identity providers, for administrators. */
export class IdentityProvidersController extends SettingsController({
  resource: 'identity-providers',
  section: IdentityProvidersSection,
  many: 'identity providers',
  one: 'an identity provider',
  notes: { remove: ' that no application names' },
  dto: IdentityProviderDto,
  view: IdentityProviderViewDto,
  page: IdentityProviderPageDto,
  row: IdentityProviderRow,
  sortable: { displayName: { property: 'displayName', type: 'text' } },
  filterable: {
    displayName: filterBy.text('displayName'),
    enabled: filterBy.flag('enabled'),
    protocol: filterBy.oneOf('protocol', ['oidc']),
  },
}) {}
