import { itemPath, keyPath, type InputFault } from '@foyer/platform';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node, type Pair } from 'yaml';
import { Positions, type LocatedFault } from './positions.js';

/** Aliases may repeat what they stand for: so many values in all, and so deep. */
const maxValues = 100_000;
const maxDepth = 32;

/** What a tag may say: that a value is what it is anyway. */
const coreTags = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

export interface YamlContent {
  /** Objects, lists, texts, numbers, booleans and null. */
  readonly value: unknown;
  readonly positions: Positions;
  readonly faults: readonly LocatedFault[];
}

/** Stands in for a text: what it is filled in with, or what is wrong with it. */
export type Fill = (text: string) => { readonly value: string } | { readonly fault: Omit<InputFault, 'path'> };

/** Reads one YAML 1.2 document of the core schema. @param fill is asked about every text that is a value */
export function readYaml(text: string, fill: Fill): YamlContent {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, strict: true, uniqueKeys: true, schema: 'core' });
  const positions = new Positions();
  const list = Array.isArray(documents) ? documents : [];
  const syntax = list.flatMap((document) => syntaxFaults(document, lineCounter));
  const second = list[1];
  if (second) syntax.push({ path: '', code: 'yaml.documents', message: 'must be one document', ...place(lineCounter, second.range[0]) });
  if (syntax.length > 0) return { value: undefined, positions, faults: syntax };
  const reader = new Reader(lineCounter, positions, fill);
  const contents = list[0]?.contents ?? null;
  const value = contents === null ? null : reader.read(contents, '', 0);
  const tooLarge = reader.faults.filter(({ code }) => code === 'yaml.tooLarge');
  return tooLarge.length > 0 ? { value: undefined, positions, faults: tooLarge } : { value, positions, faults: reader.faults };
}

const codes: Readonly<Record<string, { code: string; message: string }>> = {
  DUPLICATE_KEY: { code: 'key.duplicate', message: 'is there twice in the same object' },
  TAG_RESOLVE_FAILED: { code: 'yaml.tag', message: 'has a tag that is not allowed' },
};

/** The words of the parser, without the text that it stumbled over. After a first error of syntax, further ones say nothing. */
function syntaxFaults(document: Document.Parsed, lineCounter: LineCounter): LocatedFault[] {
  const problems = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const syntax = problems.find(({ code }) => !(code in codes));
  return (syntax ? [syntax] : problems).map((error) => {
    const { code, message } = codes[error.code] ?? {
      code: 'yaml.syntax',
      message: `is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
    };
    return { path: '', code, message, ...place(lineCounter, error.pos[0]) };
  });
}

function place(lineCounter: LineCounter, offset: number | undefined): { line: number; column: number } {
  const { line, col } = lineCounter.linePos(offset ?? 0);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

class Reader {
  readonly faults: LocatedFault[] = [];
  private readonly anchors = new Map<string, Node>();
  private values = 0;

  constructor(
    private readonly lineCounter: LineCounter,
    private readonly positions: Positions,
    private readonly fill: Fill,
  ) {}

  read(node: unknown, path: string, depth: number): unknown {
    this.values += 1;
    if (this.values > maxValues || depth > maxDepth) {
      const message =
        depth > maxDepth ? `must not be nested deeper than ${maxDepth} levels` : `must not have more than ${maxValues} values`;
      if (this.values <= maxValues + 1) this.fault(path, 'yaml.tooLarge', message);
      // Nothing more is read.
      this.values = maxValues + 1;
      return null;
    }
    if (isAlias(node)) return this.read(this.anchors.get(node.source), path, depth + 1);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    if (node.tag !== undefined && !coreTags.test(node.tag)) this.fault(path, 'yaml.tag', 'has a tag that is not allowed');
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (isScalar(node)) return typeof node.value === 'string' ? this.text(node.value, path) : node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.item(item, itemPath(path, index), depth));
    return Object.fromEntries(node.items.flatMap((pair) => this.pair(pair, path, depth)));
  }

  private item(item: unknown, path: string, depth: number): unknown {
    this.positions.set(path, this.placeOf(item));
    return this.read(item, path, depth + 1);
  }

  private pair({ key, value }: Pair, parent: string, depth: number): [string, unknown][] {
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.faults.push({ path: parent, code: 'key.unknown', message: 'has a key that is not text', ...this.placeOf(key) });
      return [];
    }
    const path = keyPath(parent, key.value);
    this.positions.set(path, this.placeOf(key));
    return [[key.value, this.read(value, path, depth + 1)]];
  }

  private text(text: string, path: string): string {
    const filled = this.fill(text);
    if ('value' in filled) return filled.value;
    this.fault(path, filled.fault.code, filled.fault.message);
    return text;
  }

  private fault(path: string, code: string, message: string): void {
    this.faults.push({ path, code, message, ...this.positions.locate(path) });
  }

  private placeOf(node: unknown): { line: number; column: number } {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    return place(this.lineCounter, range?.[0]);
  }
}
