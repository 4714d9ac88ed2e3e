import { expect } from 'vitest';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { waitUntil } from '../../../services/platform/embedded/wait.ts';
import type { LoggedRecord } from '../../support/event-log.ts';
import { recount } from '../../support/oracle.ts';
import { storedCells, storedOutcomes } from '../../support/stored-cells.ts';
import type { World } from './world.ts';

/** An event that ingest called accepted, and where. */
export type Acked = { readonly id: string; readonly position: string };

/** How long a healed installation may take until it has counted all that lies in the log, ms. */
export const LIVE_WITHIN_MS = 60_000;

type Meta = Readonly<Record<string, string>>;
type Cursor = { readonly partition: number; readonly first: number; readonly next: number };

const metaOf = ({ platform, prefix }: World, { id, version }: SimpleMetric): Promise<Meta> =>
  platform.redis.hgetall(`{${prefix}${id}@${version}}:meta`);

const cursorsOf = (meta: Meta): readonly Cursor[] =>
  Object.entries(meta)
    .filter(([field]) => field.startsWith('c:'))
    .map(([field, next]) => ({
      partition: Number(field.slice(field.lastIndexOf('/') + 1)),
      first: Number(meta[`s:${field.slice(2)}`]),
      next: Number(next),
    }));

/**
 * Waits until every projection has counted all that lay in the log when it was asked: liveness after a fault.
 * @returns how long it took, ms   @throws Error naming what stands where when it takes longer
 */
export async function untilCounted(world: World, withinMs = LIVE_WITHIN_MS): Promise<number> {
  const startedMs = performance.now();
  const ends = new Map((await world.log.bounds()).map(({ partition, end }) => [partition, end]));
  let behind: string[] = [];
  const outcome = await waitUntil(
    async () => {
      behind = (await Promise.all(world.catalog.pairs.map(({ metric }) => lagOf(metric)))).flat();
      return behind.length === 0;
    },
    { timeoutMs: withinMs },
  );
  if (outcome !== 'ready')
    throw new Error(`not counted within ${withinMs} ms: ${behind.join(', ')}\n${tails(world)}`);
  return Math.round(performance.now() - startedMs);

  async function lagOf(metric: SimpleMetric): Promise<string[]> {
    // Redis that does not answer, or does not know the projection yet, is asked again.
    const meta = await metaOf(world, metric).catch(() => ({}));
    const nexts = new Map(cursorsOf(meta).map(({ partition, next }) => [partition, next]));
    return [...ends]
      .filter(([partition, end]) => !((nexts.get(partition) ?? -1) >= end))
      .map(([partition, end]) => `${metric.id}/${partition} ${nexts.get(partition)} of ${end}`);
  }
}

const TAIL_CHARACTERS = 1_500;
const tails = (world: World): string =>
  world
    .running()
    .map((service) => `--- ${service.name}: ${service.output().slice(-TAIL_CHARACTERS)}`)
    .join('\n');

type View = {
  readonly cells: unknown;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly cursors: readonly Cursor[];
};
const VIEW_ATTEMPTS_MAX = 50;

/** Cells, counters and cursors of one instant: read again while heartbeats or stragglers move the cursors. */
async function viewOf(world: World, metric: SimpleMetric): Promise<View> {
  const { redis } = world.platform;
  const ref = { prefix: world.prefix, metric: metric.id, version: metric.version };
  for (let attempt = 0; attempt < VIEW_ATTEMPTS_MAX; attempt++) {
    const before = await metaOf(world, metric);
    const [cells, outcomes] = await Promise.all([
      storedCells(redis, ref),
      storedOutcomes(redis, ref),
    ]);
    const after = await metaOf(world, metric);
    if (JSON.stringify(before) === JSON.stringify(after))
      return { cells, outcomes, cursors: cursorsOf(after) };
  }
  throw new Error(`${metric.id} does not stand still`);
}

/**
 * The safety half of a check: every cell and every counter equals a naive recount of the log up to the cursors, and the
 * counters of each partition add up to the offsets that were passed (conservation: the difference is 0).
 * @param remembered records that were counted and that retention took since: the log does not hold them any more
 */
export async function expectExact(
  world: World,
  remembered: readonly LoggedRecord[] = [],
): Promise<void> {
  const views = new Map<SimpleMetric, View>();
  for (const { metric } of world.catalog.pairs) views.set(metric, await viewOf(world, metric));
  // Read after the views, so it reaches as far as their cursors.
  const held = await world.log.readAll();
  const records = [
    ...remembered.filter((one) => !held.some((other) => isSame(one, other))),
    ...held,
  ];
  for (const { metric, oracle } of world.catalog.pairs) {
    const { cells, outcomes, cursors } = views.get(metric) as View;
    const isPassed = ({ partition, offset }: LoggedRecord): boolean =>
      cursors.some((at) => at.partition === partition && offset < at.next && offset >= at.first);
    const counted = recount(records.filter(isPassed), world.catalog.rules, oracle);
    const { hole = 0, lost = 0, ...seen } = outcomes;
    expect({ id: metric.id, cells, outcomes: seen }).toEqual({ id: metric.id, ...counted });
    const passed = cursors.reduce((sum, { first, next }) => sum + next - first, 0);
    const told = Object.values(seen).reduce((sum, events) => sum + events, hole + lost);
    expect({ id: metric.id, difference: passed - told }).toEqual({ id: metric.id, difference: 0 });
  }
}

const isSame = (a: LoggedRecord, b: LoggedRecord): boolean =>
  a.partition === b.partition && a.offset === b.offset;

/** Acknowledged ⊆ log: every event lies where its answer said, as itself. */
export async function expectAckedInLog(world: World, acked: readonly Acked[]): Promise<void> {
  const ids = new Map(
    (await world.log.readAll()).map(({ partition, offset, content }) => [
      `${world.log.topic}/${partition}/${offset}`,
      content.kind === 'event' ? content.event.id : content.kind,
    ]),
  );
  const lost = acked.filter(({ id, position }) => ids.get(position) !== id);
  expect({ acked: acked.length, lost }).toEqual({ acked: acked.length, lost: [] });
}

/** After faults ended: all is counted within the limit, and exactly. @returns how long it took, ms */
export async function expectRecovered(world: World, withinMs = LIVE_WITHIN_MS): Promise<number> {
  const tookMs = await untilCounted(world, withinMs);
  await expectExact(world);
  return tookMs;
}
