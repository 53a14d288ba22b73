import { ADMIN_ACCOUNTS, Caller, mayChangeHolder, RequireScope, type AdminAccounts, type AdminCaller } from '@foyer/admin-access';
import { etagOf, IfMatch, type Precondition } from '@foyer/platform';
import { Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ReceiptDocuments } from './receipt-documents.js';
import { ReceiptRevocation } from './receipt-revocation.js';
import { ConsentReceiptDocumentDto } from './receipt.dto.js';
import { versionOf } from './receipts.js';

/** Taking back what people accepted, for administrators. */
@ApiTags('consent-receipts')
@RequireScope('consent-receipts:write')
@Controller('api/v1/consent-receipts')
export class ReceiptRevocationController {
  constructor(
    private readonly revocation: ReceiptRevocation,
    private readonly documents: ReceiptDocuments,
    @Inject(ADMIN_ACCOUNTS) private readonly accounts: AdminAccounts,
  ) {}

  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOperation({ summary: 'Revokes a receipt and clears the attributes that only it justified' })
  @ApiHeader({ name: 'If-Match', required: true })
  @ApiOkResponse({ type: ConsentReceiptDocumentDto })
  @ApiNotFoundResponse()
  @ApiConflictResponse({ description: 'It was refused, or a later receipt has replaced it.' })
  async revoke(
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
    @Caller() caller: AdminCaller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConsentReceiptDocumentDto | undefined> {
    const by = { kind: 'administrator', subject: caller.subject } as const;
    const receipt = await this.revocation.revoke(id, by, async (found) => {
      const account = await this.accounts.find(found.userId);
      mayChangeHolder(caller, account?.roles ?? []);
      precondition.check(versionOf(found));
    });
    response.header('ETag', etagOf(versionOf(receipt)));
    const [document] = await this.documents.of([receipt]);
    return document;
  }
}
