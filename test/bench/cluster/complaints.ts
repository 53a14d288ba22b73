import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of Foyer's log, as far as it matters here. */
interface Line {
  readonly level: string;
  readonly msg: string;
  readonly err?: { readonly code?: string; readonly message?: string };
}

const parse = (line: string): Line[] => (/"level":"(warn|error|fatal)"/.test(line) ? [JSON.parse(line) as Line] : []);
const describe = ({ level, msg, err }: Line): string => [level, msg, err?.code, err?.message].filter(Boolean).join(': ');

/** What processes of Foyer complained of: for each kind of complaint whose it is, and how often. @param folder where their logs are */
export function complaints(folder: string): string[] {
  const counts = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.log'))) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').flatMap(parse)) {
      const complaint = `${file}: ${describe(line)}`;
      counts.set(complaint, (counts.get(complaint) ?? 0) + 1);
    }
  }
  return [...counts].map(([complaint, count]) => (count > 1 ? `${complaint} (${count} times)` : complaint));
}
