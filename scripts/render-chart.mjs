// npm run chart:render: what Helm makes of the chart and its examples, for the tests to look at. Needs the program `helm` (3.14 or later), which is not
// in Debian: `go install helm.sh/helm/v3/cmd/helm@latest` builds it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, stop } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const chart = join(root, 'deploy/helm/foyer');
const examples = join(root, 'deploy/helm/examples');
const rendered = join(root, 'test/support/rendered');

/** The names of the examples, without `.yaml`. */
export const exampleNames = () => readdirSync(examples).map((file) => basename(file, '.yaml'));

/** Where the values of an example are, and where what Helm made of them is. @param {string} name */
export const placesOf = (name) => ({ values: join(examples, `${name}.yaml`), manifests: join(rendered, `${name}.yaml`) });

/** Of all that the manifests of an example are made of: whatever changes there makes them old. @param {string} name */
export function sourceDigest(name) {
  const files = readdirSync(chart, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = [...files.map((entry) => join(entry.parentPath, entry.name)).sort(), placesOf(name).values];
  const digest = createHash('sha256');
  for (const path of paths) digest.update(`${relative(root, path)}\0${readFileSync(path, 'utf8')}\0`);
  return digest.digest('hex');
}

/** The first line of manifests. @param {string} name */
export const heading = (name) => `# npm run chart:render made this of ${sourceDigest(name)}\n`;

function render(helm, name) {
  const { values, manifests } = placesOf(name);
  const args = ['template', 'foyer', chart, '--namespace', 'login', '--kube-version', '1.30.0', '--values', values];
  for (const command of [['lint', '--strict', chart, '--values', values], args]) {
    const { status, stdout, stderr } = spawnSync(helm, command, { encoding: 'utf8' });
    if (status !== 0) stop(`helm ${command.join(' ')} failed:\n${stdout}${stderr}`);
    if (command === args) writeFileSync(manifests, heading(name) + stdout);
  }
  console.log(relative(root, manifests));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const helm = findProgram('helm') ?? stop('helm is not installed. With Go: go install helm.sh/helm/v3/cmd/helm@latest');
  for (const name of exampleNames()) render(helm, name);
}
