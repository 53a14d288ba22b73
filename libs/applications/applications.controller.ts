import { adminApiOf, Caller, mayChangeScopeHolder, mayGrantScopes, RequireScope, type AdminCaller } from '@foyer/admin-access';
import {
  ApiListQuery,
  Database,
  etagOf,
  filterBy,
  IfMatch,
  listPage,
  mergePatchBody,
  SETTINGS,
  settingsView,
  SiteSettings,
  type Authorize,
  type ListDeclaration,
  type Page,
  type Precondition,
  type Settings,
} from '@foyer/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
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
import { ApplicationDto } from './application.dto.js';
import { ApplicationRow } from './application.row.js';
import { ApplicationPageDto, ApplicationViewDto } from './application.view.js';
import { ApplicationsSection } from './applications.section.js';
import type { ApplicationSettings } from './settings.js';

const key = 'applications';
const path = 'api/v1/applications';

const list: ListDeclaration<ApplicationRow> = {
  entity: ApplicationRow,
  sortable: {
    name: { property: 'name', type: 'text' },
    displayName: { property: 'displayName', type: 'text' },
    clientId: { property: 'clientId', type: 'text' },
    createdAt: { property: 'createdAt', type: 'number' },
    updatedAt: { property: 'updatedAt', type: 'number' },
  },
  filterable: {
    name: filterBy.text('name'),
    displayName: filterBy.text('displayName'),
    enabled: filterBy.flag('enabled'),
    protocol: filterBy.oneOf('protocol', ['oidc']),
    clientId: filterBy.text('clientId'),
  },
  defaultSort: 'name',
};

/** Applications, for administrators. */
@ApiTags('applications')
@Controller(path)
export class ApplicationsController {
  constructor(
    private readonly database: Database,
    private readonly site: SiteSettings,
    private readonly section: ApplicationsSection,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  @Get()
  @RequireScope('applications:read')
  @ApiOperation({ summary: 'Lists applications' })
  @ApiListQuery(list)
  @ApiOkResponse({ type: ApplicationPageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const page = await listPage(this.database.read, list, query);
    const found = await this.section.table.byIds(
      this.database.read,
      page.items.map(({ id }) => id),
    );
    return { ...page, items: found.map((stored) => settingsView(this.section, stored)) };
  }

  @Post()
  @RequireScope('applications:write')
  @ApiOperation({ summary: 'Creates an application' })
  @ApiBody({ type: ApplicationDto })
  @ApiCreatedResponse({ type: ApplicationViewDto })
  async create(@Body() body: unknown, @Caller() caller: AdminCaller, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.create(key, body, this.within(caller));
    response.location(`/${path}/${stored.name}`).header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Get(':name')
  @RequireScope('applications:read')
  @ApiOperation({ summary: 'Reads an application' })
  @ApiOkResponse({ type: ApplicationViewDto })
  async read(@Param('name') name: string, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.get(key, name);
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Patch(':name')
  @RequireScope('applications:write')
  @ApiOperation({ summary: 'Changes an application' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody(mergePatchBody)
  @ApiOkResponse({ type: ApplicationViewDto })
  async change(
    @Param('name') name: string,
    @IfMatch() precondition: Precondition,
    @Body() patch: unknown,
    @Caller() caller: AdminCaller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const stored = await this.site.patch(key, name, precondition, patch, this.within(caller));
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Delete(':name')
  @HttpCode(204)
  @RequireScope('applications:write')
  @ApiOperation({ summary: 'Deletes an application' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiNoContentResponse()
  async remove(@Param('name') name: string, @IfMatch() precondition: Precondition, @Caller() caller: AdminCaller): Promise<void> {
    await this.site.remove(key, name, precondition, this.within(caller));
  }

  /** An application that may ask for scopes of the admin API has their power: nobody gives it what they lack, or changes one that has more. */
  private within(caller: AdminCaller): Authorize {
    const api = adminApiOf(this.settings.publicUrl);
    return ({ before, after }) => {
      mayChangeScopeHolder(caller, scopesAt(api, before));
      mayGrantScopes(caller, scopesAt(api, after));
    };
  }
}

/** @param settings of an application, as {@link ApplicationsSection} made them */
const scopesAt = (resource: string, settings: object | undefined): readonly string[] =>
  ((settings as ApplicationSettings | undefined)?.oidc.resources ?? [])
    .filter(({ uri }) => uri === resource)
    .flatMap(({ scopes }) => scopes);
