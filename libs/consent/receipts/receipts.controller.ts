import { RequireScope } from '@foyer/admin-access';
import { ApiListQuery, Database, etagOf, filterBy, listPage, mapPage, type ListDeclaration, type Page } from '@foyer/platform';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ReceiptDocuments } from './receipt-documents.js';
import { ConsentReceiptDocumentDto, ConsentReceiptDto, ConsentReceiptPageDto, receiptStates, toReceiptDto } from './receipt.dto.js';
import { ConsentReceiptRow } from './receipt.row.js';
import { Receipts, versionOf } from './receipts.js';

const list: ListDeclaration<ConsentReceiptRow> = {
  entity: ConsentReceiptRow,
  sortable: { givenAt: { property: 'givenAt', type: 'number' } },
  filterable: {
    userId: filterBy.text('userId'),
    purpose: filterBy.text('purpose'),
    state: filterBy.oneOf('state', receiptStates),
    identityProvider: filterBy.text('identityProvider'),
    givenFrom: filterBy.time('givenAt', 'from'),
    givenBefore: filterBy.time('givenAt', 'before'),
  },
  defaultSort: '-givenAt',
};

/** What people decided, for administrators. */
@ApiTags('consent-receipts')
@RequireScope('consent-receipts:read')
@Controller('api/v1/consent-receipts')
export class ReceiptsController {
  constructor(
    private readonly database: Database,
    private readonly receipts: Receipts,
    private readonly documents: ReceiptDocuments,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Lists what people decided about purposes' })
  @ApiListQuery(list)
  @ApiOkResponse({ type: ConsentReceiptPageDto })
  async list(@Query() query: Record<string, unknown>): Promise<Page<ConsentReceiptDto>> {
    return mapPage(await listPage(this.database.read, list, query), toReceiptDto);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Exports a receipt with the texts as they were shown' })
  @ApiOkResponse({ type: ConsentReceiptDocumentDto })
  @ApiNotFoundResponse()
  async read(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<ConsentReceiptDocumentDto | undefined> {
    const receipt = await this.receipts.get(this.database.read, id);
    response.header('ETag', etagOf(versionOf(receipt)));
    const [document] = await this.documents.of([receipt]);
    return document;
  }
}
