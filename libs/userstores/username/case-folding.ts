import { caseFoldingTable } from './case-folding-table.js';

const exceptions = readTable();

function readTable(): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  for (const entry of caseFoldingTable.trim().split(/\s+/)) {
    const [from = '', to = ''] = entry.split('=');
    const [first = 0, last = first] = from.split('-').map((code) => parseInt(code, 16));
    const target = to.split('.').map((code) => parseInt(code, 16));
    for (let offset = 0; first + offset <= last; offset += 1) {
      folded.set(String.fromCodePoint(first + offset), String.fromCodePoint(...target.map((code) => code + offset)));
    }
  }
  return folded;
}

/** Full Unicode case folding (Unicode §3.13, toCasefold) of text in NFKC. JavaScript has none of its own. */
export function foldCase(text: string): string {
  let folded = '';
  // One code point at a time: `toLowerCase` of a whole text looks at neighbours (the final sigma), which folding must not.
  for (const char of text) folded += exceptions.get(char) ?? char.toLowerCase();
  return folded;
}
