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
  type NamedSettingsRow,
  type Page,
  type Precondition,
  type SettingsObject,
  type StoredObject,
} from '@foyer/platform';
import { Body, Controller, Delete, Get, HttpCode, Inject, Injectable, Param, Patch, Post, Query, Res, type Type } from '@nestjs/common';
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
import type { AdministeredSection } from './administered-section.js';
import { Caller, type AdminCaller } from './caller.js';
import { RequireScope } from './require-scope.js';
import type { WritableResource } from './scopes.js';

/** A kind of settings objects at the admin API. Who may change what beyond the scopes, its section says. */
export interface SettingsApi<Row extends NamedSettingsRow> {
  /** Names the address, the scopes and the tag. */
  readonly resource: WritableResource;
  readonly section: Type<AdministeredSection>;
  /** What stands in the address of an object, as in its section. Default: `name`. */
  readonly nameKey?: AdministeredSection['nameKey'];
  readonly many: string;
  /** With its article. */
  readonly one: string;
  /** What more there is to say of changing one, and of which ones can be deleted. */
  readonly notes?: { readonly change?: string; readonly remove?: string };
  /** The schemas of what is written, of what is shown of it, and of a page of that. */
  readonly dto: Type<object>;
  readonly view: Type<object>;
  readonly page: Type<object>;
  readonly row: Type<Row>;
  /** What lists can be sorted and filtered by besides the name and, sorted only, the times. */
  readonly sortable?: ListDeclaration<Row>['sortable'];
  readonly filterable?: ListDeclaration<Row>['filterable'];
}

/**
 * The controller of a kind of settings objects, for a class to extend that gives it its name: it lists, reads, creates, changes and deletes them.
 * Secrets are masked, changes need `If-Match`.
 */
export function SettingsController<Row extends NamedSettingsRow>(api: SettingsApi<Row>) {
  const { resource, nameKey = 'name', one, notes = {}, dto, view } = api;
  const path = `api/v1/${resource}`;

  @ApiTags(resource)
  @Controller(path)
  class SectionController extends SettingsReader(api) {
    @Post()
    @RequireScope(`${resource}:write`)
    @ApiOperation({ summary: `Creates ${one}` })
    @ApiBody({ type: dto })
    @ApiCreatedResponse({ type: view })
    async create(@Body() body: unknown, @Caller() caller: AdminCaller, @Res({ passthrough: true }) response: Response): Promise<object> {
      const stored = await this.site.create(this.section.key, body, this.within(caller));
      response.location(`/${path}/${stored.name}`);
      return this.shown(stored, response);
    }

    @Patch(`:${nameKey}`)
    @RequireScope(`${resource}:write`)
    @ApiOperation({ summary: `Changes ${one}${notes.change ?? ''}` })
    @ApiHeader({ name: 'If-Match', required: true })
    @ApiConsumes('application/merge-patch+json', 'application/json')
    @ApiBody(mergePatchBody)
    @ApiOkResponse({ type: view })
    async change(
      @Param(nameKey) name: string,
      @IfMatch() precondition: Precondition,
      @Body() patch: unknown,
      @Caller() caller: AdminCaller,
      @Res({ passthrough: true }) response: Response,
    ): Promise<object> {
      return this.shown(await this.site.patch(this.section.key, name, precondition, patch, this.within(caller)), response);
    }

    @Delete(`:${nameKey}`)
    @HttpCode(204)
    @RequireScope(`${resource}:write`)
    @ApiOperation({ summary: `Deletes ${one}${notes.remove ?? ''}` })
    @ApiHeader({ name: 'If-Match', required: true })
    @ApiNoContentResponse()
    async remove(@Param(nameKey) name: string, @IfMatch() precondition: Precondition, @Caller() caller: AdminCaller): Promise<void> {
      await this.site.remove(this.section.key, name, precondition, this.within(caller));
    }

    private within(caller: AdminCaller): Authorize {
      return (states, fields) => this.section.authorize(caller, states, fields);
    }
  }
  return SectionController;
}

/** The half of it that needs no more than the scope to read. */
function SettingsReader<Row extends NamedSettingsRow>(api: SettingsApi<Row>) {
  const { resource, section, nameKey = 'name', many, one, view, page } = api;
  const list = listOf(api);

  @Injectable()
  class SectionReader {
    constructor(
      private readonly database: Database,
      protected readonly site: SiteSettings,
      @Inject(section) protected readonly section: AdministeredSection,
    ) {}

    @Get()
    @RequireScope(`${resource}:read`)
    @ApiOperation({ summary: `Lists ${many}` })
    @ApiListQuery(list)
    @ApiOkResponse({ type: page })
    async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
      const rows = await listPage(this.database.read, list, query);
      const ids = rows.items.map(({ id }) => id);
      const found = await this.section.byIds(this.database.read, ids);
      return { ...rows, items: found.map((stored) => settingsView(this.section, stored)) };
    }

    @Get(`:${nameKey}`)
    @RequireScope(`${resource}:read`)
    @ApiOperation({ summary: `Reads ${one}` })
    @ApiOkResponse({ type: view })
    async read(@Param(nameKey) name: string, @Res({ passthrough: true }) response: Response): Promise<object> {
      return this.shown(await this.site.get(this.section.key, name), response);
    }

    protected shown(stored: StoredObject<SettingsObject>, response: Response): object {
      response.header('ETag', etagOf(stored));
      return settingsView(this.section, stored);
    }
  }
  return SectionReader;
}

const listOf = <Row extends NamedSettingsRow>({ row, nameKey = 'name', sortable, filterable }: SettingsApi<Row>): ListDeclaration<Row> => ({
  entity: row,
  sortable: {
    [nameKey]: { property: 'name', type: 'text' },
    ...sortable,
    createdAt: { property: 'createdAt', type: 'number' },
    updatedAt: { property: 'updatedAt', type: 'number' },
  },
  filterable: { [nameKey]: filterBy.text('name'), ...filterable },
  defaultSort: nameKey,
});
