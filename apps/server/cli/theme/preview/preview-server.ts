import express, { type Express, type Request } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pagePolicy, themeAsset, themeAssetPrefix } from '@foyer/platform';
import { Preview, themeToShow, type View } from './preview.js';

const loopback = '127.0.0.1';

export interface PreviewOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly theme?: string;
  readonly themeDir?: string;
  /** Gets a line for each part of a theme that cannot be used, at each page that would show it. */
  readonly warn: (line: string) => void;
}

export interface PreviewServer {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Serves every page with sample data, to this machine only: templates may be anybody's work in progress. */
export async function startPreview({ port, theme, themeDir, warn }: PreviewOptions): Promise<PreviewServer> {
  const preview = new Preview(themeDir, warn);
  const first = themeToShow(preview.files(), theme);
  const server = createServer(previewApp(preview, first));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, loopback, resolve));
  const { port: actual } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { address: `http://${loopback}:${actual}/`, close };
}

function previewApp(preview: Preview, firstTheme: string): Express {
  const app = express();
  app.disable('x-powered-by');
  const viewOf = ({ query }: Request): View => ({ theme: text(query['theme']) ?? firstTheme, language: text(query['language']) ?? 'en' });
  // What the real pages are not allowed to load does not show here either.
  app.use((_request, response, next) => {
    response.set({ 'Content-Security-Policy': pagePolicy([]), 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  app.get('/', (request, response) => void response.type('html').send(preview.index(viewOf(request))));
  app.get('/preview.css', (_request, response) => response.sendFile(join(import.meta.dirname, 'preview.css')));
  app.get('/page', (request, response, next) => {
    const html = preview.page(viewOf(request), text(request.query['template']) ?? '', text(request.query['state']) ?? '');
    if (html === undefined) next();
    else response.type('html').send(html);
  });
  app.get('/data', (request, response, next) => {
    const data = preview.data(viewOf(request), text(request.query['template']) ?? '', text(request.query['state']) ?? '');
    if (data === undefined) next();
    else response.type('text').send(JSON.stringify(data, undefined, 2));
  });
  app.get(`${themeAssetPrefix}/:theme/:file`, ({ params: { theme, file }, query }, response, next) => {
    const asset = themeAsset(preview.files(), theme, file, query['v']);
    if (asset) response.set(asset.headers).send(asset.content);
    else next();
  });
  app.use(
    (_request, response) =>
      void response.status(404).type('text').send('Here the pages have no further pages: this is a preview. Go back in your browser.\n'),
  );
  return app;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
