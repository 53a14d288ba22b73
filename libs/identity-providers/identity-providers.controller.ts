import { Caller, needsAdmin, RequireScope, type AdminCaller } from '@foyer/admin-access';
import {
  ApiListQuery,
  Database,
  etagOf,
  filterBy,
  IfMatch,
  listPage,
  mergePatchBody,
  settingsView,
  SiteSettings,
  type FieldDifference,
  type ListDeclaration,
  type Page,
  type Precondition,
} from '@foyer/platform';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { IdentityProviderDto } from './identity-provider.dto.js';
import { IdentityProviderRow } from './identity-provider.row.js';
import { IdentityProviderPageDto, IdentityProviderViewDto } from './identity-provider.view.js';
import { IdentityProvidersSection } from './identity-providers.section.js';

const key = 'identityProviders';
const path = 'api/v1/identity-providers';

const list: ListDeclaration<IdentityProviderRow> = {
  entity: IdentityProviderRow,
  sortable: {
    name: { property: 'name', type: 'text' },
    displayName: { property: 'displayName', type: 'text' },
    createdAt: { property: 'createdAt', type: 'number' },
    updatedAt: { property: 'updatedAt', type: 'number' },
  },
  filterable: {
    name: filterBy.text('name'),
    displayName: filterBy.text('displayName'),
    enabled: filterBy.flag('enabled'),
    protocol: filterBy.oneOf('protocol', ['oidc']),
  },
  defaultSort: 'name',
};

/** What decides whose word is trusted, and about whom: beyond what may be written with `identity-providers:write`. */
const trust = ['protocol', 'oidc.issuer', 'oidc.privateKey', 'jit.trustedDomains', 'jit.linking.existing'];

/** Identity providers, for administrators. */
@ApiTags('identity-providers')
@Controller(path)
export class IdentityProvidersController {
  constructor(
    private readonly database: Database,
    private readonly site: SiteSettings,
    private readonly section: IdentityProvidersSection,
  ) {}

  @Get()
  @RequireScope('identity-providers:read')
  @ApiOperation({ summary: 'Lists identity providers' })
  @ApiListQuery(list)
  @ApiOkResponse({ type: IdentityProviderPageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const page = await listPage(this.database.read, list, query);
    const found = await this.section.table.byIds(
      this.database.read,
      page.items.map(({ id }) => id),
    );
    return { ...page, items: found.map((stored) => settingsView(this.section, stored)) };
  }

  @Post()
  @RequireScope('identity-providers:write')
  @ApiOperation({ summary: 'Creates an identity provider' })
  @ApiBody({ type: IdentityProviderDto })
  @ApiCreatedResponse({ type: IdentityProviderViewDto })
  async create(@Body() body: unknown, @Caller() caller: AdminCaller, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.create(key, body, (_, fields) => mayTrust(caller, fields.filter(isTrustOfNew)));
    response.location(`/${path}/${stored.name}`).header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Get(':name')
  @RequireScope('identity-providers:read')
  @ApiOperation({ summary: 'Reads an identity provider' })
  @ApiOkResponse({ type: IdentityProviderViewDto })
  async read(@Param('name') name: string, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.get(key, name);
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Patch(':name')
  @RequireScope('identity-providers:write')
  @ApiOperation({ summary: 'Changes an identity provider' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody(mergePatchBody)
  @ApiOkResponse({ type: IdentityProviderViewDto })
  async change(
    @Param('name') name: string,
    @IfMatch() precondition: Precondition,
    @Body() patch: unknown,
    @Caller() caller: AdminCaller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const stored = await this.site.patch(key, name, precondition, patch, (_, fields) => mayTrust(caller, fields.filter(isTrust)));
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Delete(':name')
  @HttpCode(204)
  @RequireScope('identity-providers:write')
  @ApiOperation({ summary: 'Deletes an identity provider that no application names' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiNoContentResponse()
  async remove(@Param('name') name: string, @IfMatch() precondition: Precondition): Promise<void> {
    await this.site.remove(key, name, precondition);
  }
}

const isTrust = ({ path: field }: FieldDifference): boolean => trust.some((one) => field === one || field.startsWith(`${one}.`));

/** A new provider has an issuer in any case; what is said about domains and linking is trust that it need not have. */
const isTrustOfNew = (field: FieldDifference): boolean =>
  (field.path === 'jit.trustedDomains' && Array.isArray(field.after) && field.after.length > 0) ||
  (field.path === 'jit.linking.existing' && field.after !== 'deny');

function mayTrust(caller: AdminCaller, fields: readonly FieldDifference[]): void {
  if (fields.length > 0) needsAdmin(caller, fields.map(({ path: field }) => field).join(', '));
}
