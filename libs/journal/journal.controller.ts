import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@foyer/admin-access';
import { ApiListQuery, Database, filterBy, FoyerError, listPage, mapPage, type ListDeclaration, type Page } from '@foyer/platform';
import { JournalEntryDto, JournalPageDto, outcomes, toDto } from './journal-entry.dto.js';
import { JournalEntryRow } from './journal-entry-row.js';

const list: ListDeclaration<JournalEntryRow> = {
  entity: JournalEntryRow,
  sortable: { createdAt: { property: 'createdAt', type: 'number' }, durationMs: { property: 'durationMs', type: 'number' } },
  filterable: {
    loginId: filterBy.text('loginId'),
    userId: filterBy.text('userId'),
    identityProvider: filterBy.text('identityProvider'),
    userStore: filterBy.text('userStore'),
    username: filterBy.text('username'),
    outcome: filterBy.oneOf('outcome', outcomes),
    code: filterBy.text('code'),
    createdFrom: filterBy.time('createdAt', 'from'),
    createdBefore: filterBy.time('createdAt', 'before'),
  },
  defaultSort: '-createdAt',
};

/** The journal for administrators. Nobody changes it. */
@ApiTags('journal')
@RequireScope('journal:read')
@Controller('api/v1/journal')
export class JournalController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({ summary: 'Lists what was done to accounts' })
  @ApiListQuery(list)
  @ApiOkResponse({ type: JournalPageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<JournalEntryDto>> {
    return mapPage(await listPage(this.database.read, list, query), toDto);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Reads an entry of the journal' })
  @ApiOkResponse({ type: JournalEntryDto })
  @ApiNotFoundResponse()
  async read(@Param('id') id: string): Promise<JournalEntryDto> {
    const entry = await this.database.read.findOneBy(JournalEntryRow, { id });
    if (!entry) throw new FoyerError('notFound', 'journal.notFound', 'There is no journal entry with this id.');
    return toDto(entry);
  }
}
