import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { FoyerError, Public, themeAssetPrefix, ThemeFiles } from '@foyer/platform';

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
};

/** The static files of themes. Nothing but what pages show: no scripts, no markup. */
@ApiExcludeController()
@Public()
@Controller(themeAssetPrefix)
export class StaticController {
  constructor(private readonly files: ThemeFiles) {}

  @Get(':theme/:file')
  send(@Param('theme') theme: string, @Param('file') file: string, @Query('v') version: unknown, @Res() response: Response): void {
    const path = `static/${file}`;
    const type = types[file.split('.').at(-1) ?? ''];
    if (type === undefined || this.files.find(theme, path) === undefined)
      throw new FoyerError('notFound', 'route.notFound', 'There is no such file.');
    const current = version === this.files.fingerprint(theme, path);
    response.setHeader('Cache-Control', current ? 'public, max-age=31536000, immutable' : 'no-cache');
    response.type(type).send(this.files.read(theme, path));
  }
}
