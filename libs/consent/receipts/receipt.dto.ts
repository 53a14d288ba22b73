import { PageOf } from '@foyer/platform';
import { ApiProperty } from '@nestjs/swagger';
import type { ConsentReceipt } from './receipt.js';

export const receiptStates = ['accepted', 'refused', 'revoked'] as const;

const state = {
  enum: receiptStates,
  description: '`refused`: a mandatory attribute was, so nothing of the purpose holds, whatever else was ticked.',
};
const moment = { type: String, nullable: true, format: 'date-time' } as const;

/** A receipt as lists show it. */
export class ConsentReceiptDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) userId!: string;
  @ApiProperty({ description: "The purpose's name; `foyer-account` where the identity provider names none." }) purpose!: string;
  @ApiProperty({ description: 'The version of the purpose that was decided about.' }) version!: number;
  @ApiProperty({ description: 'The name of the identity provider.' }) identityProvider!: string;
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) loginId!: string | null;
  @ApiProperty({ description: 'The language of the page, a BCP 47 tag.' }) language!: string;
  @ApiProperty({ type: [String], description: 'Attributes that were ticked.' }) accepted!: readonly string[];
  @ApiProperty({ type: [String], description: 'Attributes that were not.' }) refused!: readonly string[];
  @ApiProperty(state) state!: ConsentReceipt['state'];
  @ApiProperty({ format: 'date-time' }) givenAt!: string;
  @ApiProperty(moment) revokedAt!: string | null;
}

export class ConsentReceiptPageDto extends PageOf(ConsentReceiptDto) {}

class ReceiptPurposeDto {
  @ApiProperty({ description: "The purpose's name." }) purpose!: string;
  @ApiProperty() version!: number;
  @ApiProperty({ description: 'As it was shown, in the language of the page.' }) title!: string;
  @ApiProperty({ description: 'As it was shown, in the language of the page.' }) text!: string;
  @ApiProperty({ enum: ['EXPLICIT'], description: 'Given by an act of the person.' }) consentType!: 'EXPLICIT';
  @ApiProperty({ type: [String], description: 'The attributes that were accepted.' }) piiCategory!: readonly string[];
  @ApiProperty({ type: [String], description: 'The attributes that were not.' }) refused!: readonly string[];
  @ApiProperty({ type: [String], description: 'Those without which there is no account.' }) mandatory!: readonly string[];
  @ApiProperty({ required: false, description: 'How long they are kept, as it was shown.' }) termination?: string;
  @ApiProperty() thirdPartyDisclosure!: boolean;
  @ApiProperty({ type: [String], description: 'Who else learns them.' }) thirdPartyName!: readonly string[];
}

class ReceiptServiceDto {
  @ApiProperty({ description: 'The identity provider that the attributes come from.' }) service!: string;
  @ApiProperty({ type: [ReceiptPurposeDto] }) purposes!: readonly ReceiptPurposeDto[];
}

/** A receipt as a document of its own, after the Consent Receipt of the Kantara Initiative (v1.1), with our state and version beside it. */
export class ConsentReceiptDocumentDto {
  @ApiProperty({ format: 'uuid' }) consentReceiptID!: string;
  @ApiProperty({ format: 'date-time' }) consentTimestamp!: string;
  @ApiProperty({ enum: ['login'], description: 'On a page in the middle of a login.' }) collectionMethod!: 'login';
  @ApiProperty({ description: 'The language of the page, a BCP 47 tag.' }) language!: string;
  @ApiProperty({ format: 'uuid', description: 'The id of the user.' }) piiPrincipalId!: string;
  @ApiProperty({ description: 'Where it was given: the address of this Foyer.' }) issuer!: string;
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) loginId!: string | null;
  @ApiProperty(state) state!: ConsentReceipt['state'];
  @ApiProperty(moment) revokedAt!: string | null;
  @ApiProperty({ type: [ReceiptServiceDto] }) services!: readonly ReceiptServiceDto[];
}

export function toReceiptDto(receipt: ConsentReceipt): ConsentReceiptDto {
  const { id, userId, purpose, version, identityProvider, loginId, language, accepted, refused, state: now } = receipt;
  const times = { givenAt: new Date(receipt.givenAt).toISOString(), revokedAt: timeText(receipt.revokedAt) };
  return { id, userId, purpose, version, identityProvider, loginId, language, accepted, refused, state: now, ...times };
}

export const timeText = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
