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
import { ConsentPurposeDto } from './consent-purpose.dto.js';
import { ConsentPurposeRow } from './consent-purpose.row.js';
import { ConsentPurposePageDto, ConsentPurposeViewDto } from './consent-purpose.view.js';
import { ConsentPurposesSection } from './consent-purposes.section.js';

const key = 'consentPurposes';
const path = 'api/v1/consent-purposes';

const list: ListDeclaration<ConsentPurposeRow> = {
  entity: ConsentPurposeRow,
  sortable: {
    name: { property: 'name', type: 'text' },
    createdAt: { property: 'createdAt', type: 'number' },
    updatedAt: { property: 'updatedAt', type: 'number' },
  },
  filterable: { name: filterBy.text('name') },
  defaultSort: 'name',
};

/** Consent purposes, for administrators. */
@ApiTags('consent-purposes')
@Controller(path)
export class ConsentPurposesController {
  constructor(
    private readonly database: Database,
    private readonly site: SiteSettings,
    private readonly section: ConsentPurposesSection,
  ) {}

  @Get()
  @RequireScope('consent-purposes:read')
  @ApiOperation({ summary: 'Lists consent purposes' })
  @ApiListQuery(list)
  @ApiOkResponse({ type: ConsentPurposePageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const page = await listPage(this.database.read, list, query);
    const ids = page.items.map(({ id }) => id);
    const found = await this.section.table.byIds(this.database.read, ids);
    return { ...page, items: found.map((stored) => settingsView(this.section, stored)) };
  }

  @Post()
  @RequireScope('consent-purposes:write')
  @ApiOperation({ summary: 'Creates a consent purpose' })
  @ApiBody({ type: ConsentPurposeDto })
  @ApiCreatedResponse({ type: ConsentPurposeViewDto })
  async create(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.create(key, body);
    response.location(`/${path}/${stored.name}`).header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Get(':name')
  @RequireScope('consent-purposes:read')
  @ApiOperation({ summary: 'Reads a consent purpose' })
  @ApiOkResponse({ type: ConsentPurposeViewDto })
  async read(@Param('name') name: string, @Res({ passthrough: true }) response: Response): Promise<object> {
    const stored = await this.site.get(key, name);
    response.header('ETag', etagOf(stored));
    return settingsView(this.section, stored);
  }

  @Patch(':name')
  @RequireScope('consent-purposes:write')
  @ApiOperation({ summary: 'Changes a consent purpose: only a higher version asks people again' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiBody(mergePatchBody)
  @ApiOkResponse({ type: ConsentPurposeViewDto })
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
  @RequireScope('consent-purposes:write')
  @ApiOperation({ summary: 'Deletes a consent purpose that no identity provider names; its receipts stay' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiNoContentResponse()
  async remove(@Param('name') name: string, @IfMatch() precondition: Precondition): Promise<void> {
    await this.site.remove(key, name, precondition);
  }
}
