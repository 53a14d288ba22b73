import { themeDirIn } from '@foyer/platform';
import { exitCode, parsed, UsageError, type Terminal } from '../terminal.js';

const defaultPort = 8090;

/** `foyer theme …`: what whoever makes a theme needs. It touches no database. */
export function themeCommand([action, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (action === 'init') return init(rest, terminal);
  if (action === 'preview') return preview(rest, terminal);
  throw new UsageError('theme needs: init or preview.');
}

async function init(args: readonly string[], { out }: Terminal): Promise<number> {
  const { values, positionals } = parsed({ args: [...args], allowPositionals: true, options: { theme: { type: 'string' } } as const });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError('theme init needs one folder.');
  const { initTheme } = await import('./init-theme.js');
  out(initTheme(folder, values.theme));
  return exitCode.done;
}

async function preview(args: readonly string[], { env, out, err, stopped }: Terminal): Promise<number> {
  const options = { theme: { type: 'string' }, port: { type: 'string' } } as const;
  const { values } = parsed({ args: [...args], options });
  const port = values.port === undefined ? defaultPort : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--port must be a number from 0 to 65535.');
  const { startPreview } = await import('./preview/preview-server.js');
  const server = await startPreview({ port, theme: values.theme, themeDir: themeDirIn(env), warn: err });
  out(`Every page, with sample data: ${server.address}\nCtrl-C ends it.\n`);
  await stopped();
  await server.close();
  return exitCode.done;
}
