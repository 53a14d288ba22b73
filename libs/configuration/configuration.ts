import { FoyerError, SiteSettings, type InputFault, type SettingsChange } from '@foyer/platform';
import { Injectable } from '@nestjs/common';
import { stringify } from 'yaml';
import { readSettingsFile, type LocatedFault, type SettingsFile } from './settings-file.js';
import { escaped } from './yaml/variables.js';

export interface ApplyOptions {
  /** Removes stored objects that the file does not name, in the sections that it has. */
  readonly prune: boolean;
  /** Only finds out what would change. */
  readonly dryRun: boolean;
}

/** A settings file that was refused. The message has a line for each fault: `file:line:column key code message`. */
export class SettingsFileError extends FoyerError {
  constructor(
    readonly file: string,
    override readonly faults: readonly LocatedFault[],
  ) {
    const lines = faults.map(({ line, column, path, code, message }) => `${file}:${line}:${column} ${path || '-'} ${code} ${message}`);
    super('invalid', 'settingsFile.invalid', lines.join('\n'), { faults });
    this.name = 'SettingsFileError';
  }
}

/** The settings of the site as a YAML file. */
@Injectable()
export class Configuration {
  constructor(private readonly site: SiteSettings) {}

  /**
   * Makes the settings what the file says. Applying a file twice changes nothing the second time.
   * @param env what `${NAME}` is filled in from
   * @returns what changed, or with `dryRun` what would
   * @throws SettingsFileError with every fault, before anything is written
   */
  async applyFile(
    file: string,
    options: ApplyOptions,
    env: Readonly<Record<string, string | undefined>> = process.env,
  ): Promise<SettingsChange[]> {
    const content = await readSettingsFile(file, this.site.keys, env);
    // A file with faults of its own is looked through to the end nevertheless, so that all faults are told at once.
    const dryRun = options.dryRun || content.faults.length > 0;
    try {
      const changes = await this.site.apply(content.sections, { ...options, dryRun });
      if (content.faults.length > 0) throw new SettingsFileError(file, content.faults);
      return changes;
    } catch (error) {
      if (!(error instanceof FoyerError) || error instanceof SettingsFileError || error.faults.length === 0) throw error;
      throw new SettingsFileError(file, located(content, error.faults));
    }
  }

  /** All settings as YAML, without secrets: applying it where it came from changes nothing. */
  async export(): Promise<string> {
    const sections = await this.site.export();
    const head = '# Exported by Foyer. Secrets are left out: where this is applied, stored ones stay, and missing ones have to be added.\n';
    return head + stringify(withEscapes(sections), { lineWidth: 0, aliasDuplicateObjects: false });
  }
}

/** All faults of a file in the order of its lines. Where the file itself is at fault, what follows from that is not said too. */
function located({ faults, positions }: SettingsFile, more: readonly InputFault[]): LocatedFault[] {
  const said = new Set(faults.map(({ path }) => path));
  const further = more
    .filter(({ path }) => !said.has(path))
    .map((fault) => ({ ...fault, ...(positions?.locate(fault.path) ?? { line: 1, column: 1 }) }));
  return [...faults, ...further].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Texts written so that nothing is filled into them when they are read. */
function withEscapes(value: unknown): unknown {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return value.map(withEscapes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, withEscapes(item)]));
}
