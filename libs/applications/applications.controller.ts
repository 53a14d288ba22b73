import { RequireScope } from '@foyer/admin-access';
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
import { ApplicationDto } from './application.dto.js';
import { ApplicationRow } from './application.row.js';
import { ApplicationPageDto, ApplicationViewDto } from './application.view.js';
import { ApplicationsSection } from './applications.section.js';

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
  async create(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.create(key, body);
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
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const stored = await this.site.patch(key, name, precondition, patch);
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Delete(':name')
  @HttpCode(204)
  @RequireScope('applications:write')
  @ApiOperation({ summary: 'Deletes an application' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiNoContentResponse()
  async remove(@Param('name') name: string, @IfMatch() precondition: Precondition): Promise<void> {
    await this.site.remove(key, name, precondition);
  }
}
