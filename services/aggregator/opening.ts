import type { EventTypeDefinition } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { generationId, layoutOf } from '../kernel/projection.ts';
import { indexStart } from './core/horizon.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import { strangeRecord } from './same-log.ts';
import type {
  Clock,
  ProjectionStore,
  SourceOffsets,
  StoredPartition,
  StoredProjection,
} from './ports.ts';

export type OpeningPorts = {
  readonly store: ProjectionStore;
  readonly offsets: SourceOffsets;
  readonly clock: Clock;
  /** A new generation's id: unique, so that a late command from before a loss meets no equal one. */
  readonly newGeneration: () => string;
  readonly onRebuild: (plan: MetricPlan, reason: string) => void;
};

/**
 * How long a log must look like another one until it is believed: after a leader change a replica may state an end that
 * lags behind what it already gave out, and retention may take a record between two looks.
 */
const CONFIRM_AFTER_MS = 3_000;

/**
 * Loads a projection, or makes it at the log's start. A cursor beyond the end, or another record where one
 * was counted, says that this is not the log that the projection was computed from: it ends, and a new generation begins
 * at the start. A cursor below the start says that
 * retention took what was not counted yet: the range is kept with the projection, which goes on behind it. What an
 * earlier version of Tidemark kept in another layout is counted anew; what a later one keeps is not touched.
 * @throws state_newer; topic_mismatch when the topic's partitions are not those of the cursors; redis_unavailable, broker_unavailable
 */
export async function openProjection(
  ports: OpeningPorts,
  plan: MetricPlan,
): Promise<StoredProjection> {
  const { store } = ports;
  const ref = { metric: plan.metric.id, version: plan.metric.version };
  const found = await look(ports, plan);
  if (found.kind === 'sound') {
    await store.takeUp(ref);
    return found.stored;
  }
  if (found.kind === 'outdated') {
    ports.onRebuild(plan, 'it was kept by an earlier version of Tidemark');
    await store.retire(ref, found.stored.generation);
  }
  if (found.kind === 'foreign') {
    await ports.clock.sleep(CONFIRM_AFTER_MS);
    const again = await look(ports, plan);
    if (again.kind === 'foreign') {
      ports.onRebuild(plan, again.detail);
      await store.retire(ref, again.stored.generation);
    }
  }
  if (found.kind === 'lost')
    for (const loss of found.losses)
      await store.noteLoss(ref, { generation: found.stored.generation, ...loss });
  if (found.kind === 'absent')
    await store.create(ref, found.start(generationId(ports.newGeneration())));
  return openProjection(ports, plan);
}

type Start = Parameters<ProjectionStore['create']>[1];
type Loss = Omit<Parameters<ProjectionStore['noteLoss']>[1], 'generation'>;
type Found =
  | { readonly kind: 'sound'; readonly stored: StoredProjection }
  | { readonly kind: 'absent'; readonly start: (generation: string) => Start }
  | { readonly kind: 'outdated'; readonly stored: StoredProjection }
  | { readonly kind: 'foreign'; readonly stored: StoredProjection; readonly detail: string }
  | { readonly kind: 'lost'; readonly stored: StoredProjection; readonly losses: readonly Loss[] };

async function look({ store, offsets }: OpeningPorts, plan: MetricPlan): Promise<Found> {
  const { topic, metric } = plan;
  // First the cursors: an end that is read later cannot lie below them while the log is the same.
  const stored = await store.load({ metric: metric.id, version: metric.version });
  const layout = stored ? layoutOf(stored.generation) : 'known';
  if (layout === 'newer')
    throw new TidemarkError(
      'state_newer',
      `${metric.id}@${metric.version} is kept in Redis by a later version of Tidemark; it is left as it is`,
    );
  if (stored && layout === 'older') return { kind: 'outdated', stored };
  const bounds = await offsets.bounds(topic);
  if (!stored)
    return {
      kind: 'absent',
      start: (generation) => ({
        generation,
        partitions: bounds.map(({ partition, first, end }) => ({
          topic,
          partition,
          first,
          empty: first === end,
        })),
      }),
    };
  const isSame = bounds.every(({ partition }) =>
    stored.partitions.some((one) => one.topic === topic && one.partition === partition),
  );
  if (!isSame || stored.partitions.length !== bounds.length)
    throw new TidemarkError(
      'topic_mismatch',
      `${topic} has ${bounds.length} partitions, but the cursors of ${metric.id}@${metric.version} cover ${stored.partitions.length}; keys have moved between partitions: publish a new version of the metric`,
    );
  const losses: Loss[] = [];
  for (const { partition, first, end } of bounds) {
    const next = stored.partitions.find((one) => one.partition === partition)?.next ?? first;
    if (next > end)
      return {
        kind: 'foreign',
        stored,
        detail: `the cursor of ${topic}/${partition} is ${next}, but the log ends at ${end}`,
      };
    if (next < first) losses.push({ topic, partition, from: next, to: first });
  }
  const detail = await strangeRecord(offsets, stored, bounds);
  if (detail !== undefined) return { kind: 'foreign', stored, detail };
  return losses.length > 0 ? { kind: 'lost', stored, losses } : { kind: 'sound', stored };
}

/**
 * Where reading of each partition must begin so that its duplicate index holds one horizon before the cursor.
 * @returns offsets by partition, at most the cursor, at least the start of the log and that of the projection   @throws broker_unavailable
 */
export async function indexStarts(
  offsets: SourceOffsets,
  type: EventTypeDefinition,
  cursors: readonly StoredPartition[],
): Promise<ReadonlyMap<number, number>> {
  const [any] = cursors;
  if (!any) return new Map();
  const bounds = await offsets.bounds(any.topic);
  const starts = cursors.map(async (cursor): Promise<[number, number]> => {
    const { topic, partition, next } = cursor;
    const start = bounds.find((one) => one.partition === partition)?.first ?? 0;
    const first = Math.max(start, cursor.first);
    const timeMs = indexStart(cursor, type.duplicateHorizonMs);
    const from =
      timeMs === undefined ? first : await offsets.offsetAt({ topic, partition, timeMs });
    return [partition, Math.max(first, Math.min(from, next))];
  });
  return new Map(await Promise.all(starts));
}
