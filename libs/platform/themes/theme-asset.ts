import type { ThemeFiles } from './theme-files.js';

/** Where the static files of themes are served: `{prefix}/{theme}/{file}?v={fingerprint}`. */
export const themeAssetPrefix = '/login/static';

/** Nothing but what pages show: no scripts, no markup. */
const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
};

export interface ThemeAsset {
  readonly content: Buffer;
  readonly headers: Readonly<Record<'Content-Type' | 'Cache-Control', string>>;
}

/** A static file of a theme as it is served, or undefined when there is none. @param version the fingerprint in the address, if any */
export function themeAsset(files: ThemeFiles, theme: string, file: string, version: unknown): ThemeAsset | undefined {
  const path = `static/${file}`;
  const type = types[file.split('.').at(-1) ?? ''];
  if (type === undefined || files.find(theme, path) === undefined) return undefined;
  const current = version === files.fingerprint(theme, path);
  const cacheControl = current ? 'public, max-age=31536000, immutable' : 'no-cache';
  return { content: files.read(theme, path), headers: { 'Content-Type': type, 'Cache-Control': cacheControl } };
}
