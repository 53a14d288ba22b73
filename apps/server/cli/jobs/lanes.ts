import { FoyerError } from '@foyer/platform';
import { exitCode, parsed, UsageError, type Terminal } from '../terminal.js';
import { withJobs } from './jobs-site.js';

const options = { json: { type: 'boolean' } } as const;

/** `foyer jobs pause [LANE]`: without a lane it lists those that are paused. One that is paused already is left as it is. */
export async function pauseLane(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, lane } = laneIn('pause', args);
  await withJobs(terminal, async ({ pauses, by }) => {
    const isNew = lane === undefined || (await paused(() => pauses.pause(lane, by)));
    const all = lane === undefined ? await pauses.all() : [await pauses.get(lane)];
    if (values.json) return terminal.out(`${JSON.stringify(all)}\n`);
    if (all.length === 0) return terminal.out('No lane is paused.\n');
    for (const pause of all)
      terminal.out(
        `${pause.lane} is paused${isNew ? '' : ' already'}, since ${new Date(pause.pausedAt).toISOString()} by ${pause.pausedBy}.\n`,
      );
  });
  return exitCode.done;
}

/** `foyer jobs resume LANE` */
export async function resumeLane(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, lane } = laneIn('resume', args);
  if (lane === undefined) throw new UsageError('jobs resume needs one lane.');
  const freed = await withJobs(terminal, async ({ pauses, by }) => (await pauses.resume(lane, by)).freed);
  terminal.out(values.json ? `${JSON.stringify({ lane, freed })}\n` : `${lane} goes on; ${freed} jobs had been put aside.\n`);
  return exitCode.done;
}

function laneIn(command: string, args: readonly string[]) {
  const { values, positionals } = parsed({ args: [...args], allowPositionals: true, options });
  const [lane, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`jobs ${command} needs one lane.`);
  return { values, lane };
}

/** @returns false when it was paused before */
async function paused(pause: () => Promise<void>): Promise<boolean> {
  try {
    await pause();
    return true;
  } catch (error) {
    if (error instanceof FoyerError && error.code === 'lane.paused') return false;
    throw error;
  }
}
