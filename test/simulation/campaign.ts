import type { Branch } from './branches.ts';
import { BRANCHES } from './branches.ts';
import type { FaultKind } from './faults.ts';
import { run } from './run.ts';
import type { RunResult } from './run.ts';
import type { WorldOptions } from './world.ts';

export type Failure = {
  readonly seed: number;
  readonly broken: readonly string[];
  /** The faults without which it does not fail any more. */
  readonly faults: readonly FaultKind[];
  /** Steps of the workload that are enough. */
  readonly steps: number | undefined;
};
export type Campaign = {
  readonly runs: number;
  readonly failures: readonly Failure[];
  /** In how many runs each branch was taken. */
  readonly seen: ReadonlyMap<Branch, number>;
};

/** Failures that are looked into; more of them say nothing new. */
const FAILURES_MAX = 3;
const SHRINK_RUNS_MAX = 80;

/** Runs seed after seed. @param isOver asked before each, with what came so far */
export async function campaign(
  seeds: Iterable<number>,
  isOver: (soFar: Campaign) => boolean,
): Promise<Campaign> {
  const seen = new Map<Branch, number>();
  const failures: Failure[] = [];
  let runs = 0;
  for (const seed of seeds) {
    if (isOver({ runs, failures, seen }) || failures.length >= FAILURES_MAX) break;
    runs++;
    const result = await attempt({ seed });
    for (const branch of result.seen.keys()) seen.set(branch, (seen.get(branch) ?? 0) + 1);
    if (result.broken.length > 0) failures.push(await shrink(result));
  }
  return { runs, failures, seen };
}

export const unseen = ({ seen }: Campaign): readonly Branch[] =>
  BRANCHES.filter((branch) => !seen.has(branch));

/** A failure as one text: what broke, what it needs, how to see it again. */
export function describeFailure({ seed, broken, faults, steps }: Failure): string {
  const size = steps === undefined ? '' : ` SIMULATION_STEPS=${steps}`;
  return [
    `seed ${seed} with ${faults.length === 0 ? 'no faults' : faults.join(', ')}:`,
    ...broken.slice(0, 8).map((line) => `  ${line}`),
    ...(broken.length > 8 ? [`  and ${broken.length - 8} more`] : []),
    `  again: SIMULATION_SEED=${seed} SIMULATION_FAULTS=${faults.join(',')}${size} node_modules/.bin/node node_modules/.bin/vitest run --project simulation`,
  ].join('\n');
}

/** A run that throws is broken as well. */
export async function attempt(options: WorldOptions): Promise<RunResult> {
  try {
    return await run(options);
  } catch (error) {
    const broken = [String((error as Error).stack)];
    return { seed: options.seed, broken, faults: [], seen: new Map(), workload: 0, steps: 0 };
  }
}

/** Leaves out one fault after the other, then steps of the workload, as long as it still fails. */
async function shrink({ seed, faults, broken, workload }: RunResult): Promise<Failure> {
  let least: Failure = { seed, broken, faults, steps: undefined };
  let runs = 0;
  const fails = async (only: readonly FaultKind[], steps?: number): Promise<boolean> => {
    if (runs++ >= SHRINK_RUNS_MAX) return false;
    const result = await attempt({ seed, only: new Set(only), ...(steps ? { steps } : {}) });
    if (result.broken.length === 0) return false;
    least = { seed, broken: result.broken, faults: only, steps };
    return true;
  };
  for (const kind of faults) await fails(least.faults.filter((one) => one !== kind));
  for (let steps = workload, cut = workload >> 1; cut >= 1; cut >>= 1)
    while (steps - cut > 0 && (await fails(least.faults, steps - cut))) steps -= cut;
  return least;
}
