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
import { domainKey } from './settings.js';
import { UserStoreDto } from './user-store.dto.js';
import { UserStoreRow } from './user-store.row.js';
import { UserStorePageDto, UserStoreViewDto } from './user-store.view.js';
import { UserStoresSection } from './user-stores.section.js';

const key = 'userStores';
const path = 'api/v1/user-stores';

const list: ListDeclaration<UserStoreRow> = {
  entity: UserStoreRow,
  sortable: {
    domain: { property: 'name', type: 'text' },
    createdAt: { property: 'createdAt', type: 'number' },
    updatedAt: { property: 'updatedAt', type: 'number' },
  },
  filterable: {
    domain: { property: 'name', parse: domainKey, wants: 'a domain' },
    enabled: filterBy.flag('enabled'),
    type: filterBy.oneOf('protocol', ['sql']),
  },
  defaultSort: 'domain',
};

/** User stores, for administrators. */
@ApiTags('user-stores')
@Controller(path)
export class UserStoresController {
  constructor(
    private readonly database: Database,
    private readonly site: SiteSettings,
    private readonly section: UserStoresSection,
  ) {}

  @Get()
  @RequireScope('user-stores:read')
  @ApiOperation({ summary: 'Lists user stores' })
  @ApiListQuery(list)
  @ApiOkResponse({ type: UserStorePageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const page = await listPage(this.database.read, list, query);
    const ids = page.items.map(({ id }) => id);
    const found = await this.section.table.byIds(this.database.read, ids);
    return { ...page, items: found.map((stored) => settingsView(this.section, stored)) };
  }

  @Post()
  @RequireScope('user-stores:write')
  @ApiOperation({ summary: 'Creates a user store' })
  @ApiBody({ type: UserStoreDto })
  @ApiCreatedResponse({ type: UserStoreViewDto })
  async create(@Body() body: unknown, @Caller() caller: AdminCaller, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.create(key, body, (_, fields) => mayConnect(caller, fields));
    response.location(`/${path}/${stored.name}`).header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Get(':domain')
  @RequireScope('user-stores:read')
  @ApiOperation({ summary: 'Reads a user store' })
  @ApiOkResponse({ type: UserStoreViewDto })
  async read(@Param('domain') domain: string, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.get(key, domain);
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Patch(':domain')
  @RequireScope('user-stores:write')
  @ApiOperation({ summary: 'Changes a user store' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody(mergePatchBody)
  @ApiOkResponse({ type: UserStoreViewDto })
  async change(
    @Param('domain') domain: string,
    @IfMatch() precondition: Precondition,
    @Body() patch: unknown,
    @Caller() caller: AdminCaller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const stored = await this.site.patch(key, domain, precondition, patch, (_, fields) => mayConnect(caller, fields));
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Delete(':domain')
  @HttpCode(204)
  @RequireScope('user-stores:write')
  @ApiOperation({ summary: 'Deletes a user store that has no users and that no identity provider names' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiNoContentResponse()
  async remove(@Param('domain') domain: string, @IfMatch() precondition: Precondition): Promise<void> {
    await this.site.remove(key, domain, precondition);
  }
}

/** Who decides what Foyer connects to gets to see the stored password, and decides who has which role. */
function mayConnect(caller: AdminCaller, fields: readonly FieldDifference[]): void {
  if (fields.some(({ path: field }) => field === 'sql' || field.startsWith('sql.'))) needsAdmin(caller, 'the database of a user store');
}
