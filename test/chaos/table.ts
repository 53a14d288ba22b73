import type { Chaos } from './chaos.js';

/** The counts of a run, for people. */
export function tableOf(seed: number, chaos: Chaos): string {
  const { answered, firstLogins, unanswered, people, struck, jobs, attempts, seconds, broken, evidence } = chaos;
  const lost = [...unanswered.values()].reduce((sum, count) => sum + count, 0);
  return [
    `seed ${seed}: ${seconds.storm.toFixed(0)} s of faults, ${seconds.healing.toFixed(0)} s until the last job was done`,
    `  ${answered} logins of ${people} people answered (${firstLogins} of them first logins), ${lost} not answered`,
    ...section('not answered because', unanswered),
    ...section('faults', struck),
    ...section('jobs', jobs),
    ...section('attempts at jobs', attempts),
    `  promises broken: ${broken.length}`,
    ...[...broken.slice(0, 20), ...evidence].map((line) => `    ${line}`),
  ].join('\n');
}

const section = (title: string, counts: ReadonlyMap<string, number>): string[] => [
  `  ${title}`,
  ...[...counts].map(([name, count]) => `    ${String(count).padStart(7)}  ${name}`),
];
