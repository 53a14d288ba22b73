import type { FieldDifference, SettingsChange } from '@foyer/platform';

const longest = 200;
const signs = { added: '+', changed: '~', removed: '-' } as const;

/** What changed, or would: a line for each object, and below it one for each field. Secrets are masked already. */
export function changesAsText(changes: readonly SettingsChange[]): string {
  return changes
    .flatMap(({ section, name, action, fields }) => [`${signs[action]} ${section} ${name}\n`, ...fields.map(fieldAsText)])
    .join('');
}

export function summaryOf(changes: readonly SettingsChange[], dryRun: boolean): string {
  if (changes.length === 0) return 'Nothing to change.\n';
  const count = (action: SettingsChange['action']): number => changes.filter((change) => change.action === action).length;
  return `${count('added')} added, ${count('changed')} changed, ${count('removed')} removed${dryRun ? ' if applied' : ''}.\n`;
}

function fieldAsText({ path, before, after }: FieldDifference): string {
  if (before === undefined) return `    ${path}: ${shown(after)}\n`;
  return `    ${path}: ${shown(before)} → ${shown(after)}\n`;
}

function shown(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
