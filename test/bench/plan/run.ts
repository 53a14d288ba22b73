/**
 * `npm run bench:plan`: what `plan()` costs, in CPU time, for 20 claims and many roles: by exact mappings, by patterns, and as roles grow. The
 * logins are measured in turn, round after round, and medians compared, because a shared machine swings.
 *
 * Options: `--rounds 15 --ms 60` (how long each login is measured in a round)
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, printTable } from '../login/table.js';
import { loginInput, type Login } from './logins.js';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '15' }, ms: { type: 'string', default: '60' } } });
const rounds = Number(options.rounds);
const ms = Number(options.ms);

const modules = process.env.BENCH_MODULES ?? '';
const { plan } = (await import(join(modules, 'libs/provisioning/index.js'))) as typeof import('@foyer/provisioning');
const { compilePattern } = (await import(join(modules, 'libs/platform/index.js'))) as typeof import('@foyer/platform');

const rolename = compilePattern('[A-Za-z0-9._-]{3,60}');
const policies = {
  username: () => undefined,
  rolename: (name: string) => (rolename.matches(name) ? undefined : { code: 'policy.rolename', policy: 'rolenamePattern', message: 'No.' }),
  password: () => undefined,
};

const first = { occasion: 'first', patterns: 0 } as const;
const logins = {
  first: { ...first, name: 'first login', roles: 50, mapped: 'exact' },
  later: { ...first, occasion: 'later', name: 'nothing changed', roles: 50, mapped: 'exact' },
  onePattern: { ...first, name: 'and 1 pattern', roles: 50, mapped: 'exact', patterns: 1 },
  patterns: { ...first, name: 'and 50 patterns', roles: 50, mapped: 'exact', patterns: 50 },
  noneMatching: { ...first, name: 'none matching', roles: 50, mapped: 'dropped' },
  oneMatching: { ...first, name: '1 matching', roles: 50, mapped: 'pattern' },
  lists50: { ...first, name: 'in lists', roles: 50, mapped: 'lists' },
  lists500: { ...first, name: 'in lists', roles: 500, mapped: 'lists' },
  lists5000: { ...first, name: 'in lists', roles: 5_000, mapped: 'lists' },
  dropped500: { ...first, name: 'dropped, 10 patterns', roles: 500, mapped: 'dropped', patterns: 10 },
  dropped5000: { ...first, name: 'dropped, 10 patterns', roles: 5_000, mapped: 'dropped', patterns: 10 },
} as const satisfies Record<string, Login>;
type Name = keyof typeof logins;

/** CPU microseconds of one plan. */
function measure(input: Parameters<typeof plan>[0]): number {
  const until = performance.now() + ms;
  const before = process.cpuUsage();
  let plans = 0;
  for (; performance.now() < until; plans += 1) plan(input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / plans;
}

const all = (Object.keys(logins) as Name[]).map((name) => ({
  name,
  input: loginInput(logins[name], policies, plan),
  samples: [] as number[],
}));
for (const { input } of all) measure(input);
for (let round = 0; round < rounds; round += 1) for (const { input, samples } of all) samples.push(measure(input));

const cost = (name: Name): number => median(all.find((one) => one.name === name)?.samples ?? []);
printTable(
  ['login', 'roles', 'mapped', 'patterns', 'µs CPU', 'µs/role'],
  all.map(({ name }) => {
    const { name: title, roles, mapped, patterns } = logins[name] satisfies Login;
    return [title, String(roles), mapped, String(patterns), cost(name).toFixed(1), (cost(name) / roles).toFixed(2)];
  }),
);

const perRole = (more: Name, less: Name, patterns: number): number => (cost(more) - cost(less)) / patterns / 50;
const times = (more: Name, less: Name): string => `× ${(cost(more) / cost(less)).toFixed(1)}`;
console.log();
printTable(
  ['what', 'measured', 'goal'],
  [
    ['20 claims and 50 roles with exact mappings', `${cost('first').toFixed(0)} µs`, 'under 200 µs'],
    ['a pattern that does not match, per role', `${perRole('onePattern', 'first', 1).toFixed(2)} µs`, 'at most 10 µs'],
    ['each of 50 patterns that do not match, per role', `${perRole('patterns', 'first', 50).toFixed(3)} µs`, 'at most 10 µs'],
    ['a pattern that matches and grants, per role', `${perRole('oneMatching', 'noneMatching', 1).toFixed(2)} µs`, 'at most 10 µs'],
    ['ten times the roles: 500, of 50', times('lists500', 'lists50'), '× 10 is linear'],
    ['ten times the roles: 5,000, of 500', times('lists5000', 'lists500'), '× 10 is linear'],
    ['ten times the roles, none mapped: 5,000, of 500', times('dropped5000', 'dropped500'), '× 10 is linear'],
  ],
);
