import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'foyer-lint-')));

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

const lines = (count: number, line: string) => `${Array.from({ length: count }, () => line).join('\n')}\n`;
const longFunction = (count: number) => `export function count(n: number): number {\n${lines(count - 2, '  n += 1;')}  return n;\n}\n`;

/** Too long to keep as files: what the size limits are about. */
const generated: Record<string, Record<string, string>> = {
  violating: {
    'libs/login/long-file.ts': `// violates eslint(max-lines)\n${lines(300, 'export {};')}`,
    'libs/login/long-function.ts': `// violates eslint(max-lines-per-function)\n${longFunction(50)}`,
  },
  compliant: { 'libs/login/long-file.ts': lines(300, 'export {};'), 'libs/login/long-function.ts': longFunction(49) },
};

/** Lays a tree of fixtures out as a project of its own, with the real configuration. */
function project(tree: string): string {
  const to = join(folder, tree);
  cpSync(join(import.meta.dirname, 'fixtures', tree), to, { recursive: true });
  for (const path of ['.oxlintrc.json', '.gitignore', 'tsconfig.json', 'package.json', 'scripts/lint']) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(root, path), join(to, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  for (const [path, text] of Object.entries(generated[tree] ?? {})) writeFileSync(join(to, path), text);
  return to;
}

/** @returns `file: rule` for everything that lint finds in the project, sorted, each once */
function lint(project: string): string[] {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--type-aware', '--disable-nested-config', '--format=json'], {
    cwd: project,
    encoding: 'utf8',
  });
  if (stderr) throw new Error(stderr);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  return [...new Set(diagnostics.map(({ filename, code }) => `${filename}: ${code}`))].sort();
}

/** @returns `file: rule` for each fixture whose first line says which rule it violates */
function declared(project: string): string[] {
  const files = readdirSync(project, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.ts'),
  );
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const rule = /^\/\/ violates (\S+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
      return rule ? [`${relative(project, path)}: ${rule}`] : [];
    })
    .sort();
}

let violating: string;

beforeAll(() => {
  violating = project('violating');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('lint fails on every fixture that violates a rule, with that rule and no other', () => {
  expect(lint(violating)).toEqual(declared(violating));
});

test('lint passes the compliant twins', () => {
  expect(lint(project('compliant'))).toEqual([]);
});

test('every rule that the configuration names has a fixture', () => {
  const configuration = readFileSync(join(root, '.oxlintrc.json'), 'utf8');
  const rules = [...configuration.matchAll(/^\s+"(?:(\w+)\/)?([\w-]+)": \[?"error"/gm)]
    .map(([, plugin, rule]) => `${plugin ?? 'eslint'}(${rule})`)
    .filter((rule) => rule !== 'eslint(correctness)');
  const covered = new Set(declared(violating).map((line) => line.split(': ')[1]));
  expect(rules.filter((rule) => !covered.has(rule))).toEqual([]);
});
