import type { Type } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** A page of a list in OpenAPI. The class that extends it gives it its name. */
export function PageOf<Item extends object>(item: Type<Item>) {
  class PageDto {
    @ApiProperty({ type: [item] }) items!: readonly Item[];
    @ApiProperty({ description: 'How many there are on all pages.' }) total!: number;
    @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
  }
  return PageDto;
}
