import type { MemoryProjection } from '../support/memory-projection/projection.ts';
import { compareKept, compareNotes, compareProjection, keptBy } from './checks.ts';
import type { Pair } from './metrics.ts';
import type { World } from './world.ts';

/** A sum that leaves 64 bits stops its metric until a person comes; the worker says so. */
const OVERFLOW = '64 bits';

const isHalted = ({ workers }: World, { metric }: Pair): boolean =>
  workers.some(({ aggregator }) =>
    aggregator
      .missing()
      .some((text) => text.startsWith(`${metric.id}@`) && text.includes(OVERFLOW)),
  );

/** What is not at its end yet, one sentence each. */
export function unsettled(world: World): readonly string[] {
  const metrics = world
    .running()
    .filter((pair) => !isHalted(world, pair))
    .flatMap((pair) => behind(world, pair));
  const processes = world.workers.flatMap(({ aggregator, process }) =>
    aggregator
      .missing()
      .filter((text) => !text.includes(OVERFLOW))
      .map((text) => `${process.name} misses: ${text}`),
  );
  return [...(world.workers.length === 0 ? ['nobody works'] : []), ...metrics, ...processes];
}

function behind({ topic, stateOf }: World, pair: Pair): readonly string[] {
  const { id } = pair.metric;
  const projection = stateOf(pair);
  if (!projection) return [`${id} is not there`];
  const spans = [...projection.spans.values()];
  const watermark = Math.min(...spans.map(({ watermarkMs }) => watermarkMs));
  const cursors = spans.flatMap(({ partition, next }) => {
    const { end } = topic.bounds(partition);
    return next === end ? [] : [`${id} stands at ${partition}@${next} of ${end}`];
  });
  const isDue = [...projection.windows.values()].some(({ due }) => due <= watermark);
  return [
    ...cursors,
    ...(projection.dirty.size > 0 ? [`${id} has ${projection.dirty.size} marks`] : []),
    ...(isDue ? [`${id} has windows that are due`] : []),
  ];
}

/** Whether a projection can be recounted: retention took nothing that it had not counted. */
const isWhole = ({ witness }: World, { metric }: Pair): boolean =>
  !witness.holes.has(`${metric.id}@${metric.version}`);

/**
 * Whether consumers know no more than is stored. They do where a generation began behind what retention took: the one before
 * it had counted more, or judged as late what it counts, and a replica that lags brings that one back.
 */
const isKeptAlike = ({ witness }: World, { metric }: Pair): boolean =>
  !witness.shortened.has(`${metric.id}@${metric.version}`);

/** At any moment a projection is what the log up to its cursors gives. @returns what is not */
export const prefixFaults = (world: World): readonly string[] =>
  world.running().flatMap((pair) => {
    const projection = world.stateOf(pair);
    const isKnown = projection && isWhole(world, pair);
    return isKnown ? compareProjection(world.topic.history(), projection, pair) : [];
  });

/** What must hold in the end. @returns what does not, one sentence each */
export function finalFaults(world: World): readonly string[] {
  const { topic, broker, running, stateOf, faults } = world;
  const kept = keptBy(broker.written.updates);
  const history = topic.history();
  const told = running().flatMap((pair) => {
    const projection = stateOf(pair);
    if (!projection) return isHalted(world, pair) ? [] : [`${pair.metric.id} is not there`];
    noteStates(world, projection);
    // What was told of another log of the same name nobody takes back; and who stands still after a loss, tells less.
    if (!isWhole(world, pair) || faults.has('recreate') || isHalted(world, pair)) return [];
    return [
      ...(isKeptAlike(world, pair) ? compareKept(kept, projection, pair) : []),
      ...compareNotes(history, projection, pair, broker.written),
    ];
  });
  return [...prefixFaults(world), ...told];
}

function noteStates({ seen }: World, projection: MemoryProjection): void {
  for (const { cells } of projection.windows.values())
    for (const { revision, restatements } of cells.values()) {
      if (revision > 0) seen.see('a window revised');
      if (restatements > 0) seen.see('a historical event in a final window');
    }
}
