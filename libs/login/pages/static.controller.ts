import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { FoyerError, Public, themeAsset, themeAssetPrefix, ThemeFiles } from '@foyer/platform';

/** The static files of themes. */
@ApiExcludeController()
@Public()
@Controller(themeAssetPrefix)
export class StaticController {
  constructor(private readonly files: ThemeFiles) {}

  @Get(':theme/:file')
  send(@Param('theme') theme: string, @Param('file') file: string, @Query('v') version: unknown, @Res() response: Response): void {
    const asset = themeAsset(this.files, theme, file, version);
    if (!asset) throw new FoyerError('notFound', 'route.notFound', 'There is no such file.');
    response.set(asset.headers).send(asset.content);
  }
}
