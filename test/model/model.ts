import type { Model } from './explore.ts';
import type { Guards } from './guards.ts';
import { invariants } from './invariants.ts';
import { PARTITIONS, writeLog } from './log.ts';
import type { Log } from './log.ts';
import { openMoves } from './moves.ts';
import { openParts } from './parts.ts';
import { openSteps } from './steps.ts';
import { idle } from './worker.ts';
import { keyOf } from './world.ts';
import type { Rules, Scenario, World } from './world.ts';

/** From records in the log to what consumers of `metric-updates` keep, with two workers and the faults of a scenario. */
export function pipeline(scenario: Scenario, guards: Guards): Model<World> {
  const truth = writeLog(scenario.partitions, {
    identity: 'source and id',
    indexFromHorizon: true,
  });
  const log = writeLog(scenario.partitions, guards);
  const parts = openParts();
  const rules: Rules = {
    scenario,
    guards,
    publishes: scenario.publishes,
    parts,
    log,
    truth,
    masks: log.cells.map((_, cell) => maskOf(truth, cell)),
  };
  const { one } = parts;
  return {
    initial: {
      slot: undefined,
      replica: undefined,
      kept: one(log.cells.map(() => undefined)),
      strays: [],
      workers: [one(idle([0, 1])), one(idle([]))],
      left: one(scenario.faults),
      generations: 0,
      first: one(PARTITIONS.map(() => 0)),
    },
    steps: openSteps(rules, openMoves(rules)),
    keyOf: (world) => keyOf(world, parts),
    check: invariants(rules),
  };
}

function maskOf(log: Log, cell: number): number {
  let mask = 0;
  for (const partition of PARTITIONS)
    for (let offset = 0; offset < (log.ends[partition] as number); offset++)
      if (log.cellOf({ partition, offset }) === cell)
        mask |= 3 << (2 * log.numberOf({ partition, offset }));
  return mask;
}
