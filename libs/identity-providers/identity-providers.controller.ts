import { Caller, RequireScope, type AdminCaller } from '@foyer/admin-access';
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
  type Authorize,
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
import type { IdentityProviderSettings } from './settings.js';
import { mayTrust } from './trust.js';

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
    const stored = await this.site.create(key, body, within(caller));
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
    const stored = await this.site.patch(key, name, precondition, patch, within(caller));
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

/** For settings of identity providers, as {@link IdentityProvidersSection} made them. */
const within =
  (caller: AdminCaller): Authorize =>
  ({ before, after }) => {
    mayTrust(caller, before as IdentityProviderSettings | undefined, after as IdentityProviderSettings);
  };
