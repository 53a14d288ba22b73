import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@foyer/admin-access';
import { ApiListQuery, Database, FoyerError, listPage, mapPage, type Page } from '@foyer/platform';
import { JournalEntryDto, JournalPageDto, toDto } from './journal-entry.dto.js';
import { JournalEntryRow } from './journal-entry-row.js';
import { journalList } from './journal-list.js';

/** The journal for administrators. Nobody changes it. */
@ApiTags('journal')
@RequireScope('journal:read')
@Controller('api/v1/journal')
export class JournalController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({ summary: 'Lists what was done to accounts' })
  @ApiListQuery(journalList)
  @ApiOkResponse({ type: JournalPageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<JournalEntryDto>> {
    return mapPage(await listPage(this.database.read, journalList, query), toDto);
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
