import { EMPTY, formatValue, merge, valueOf } from '../kernel/accumulator.ts';
import type { Accumulators } from '../kernel/accumulator.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Catalog, MetricDefinition, SimpleMetric } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { seriesKey } from '../kernel/series.ts';
import type { Labels } from '../kernel/series.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Cursor } from '../kernel/update.ts';
import { GRAINS } from '../kernel/window.ts';
import { cellStarts, tiles } from '../kernel/window-merge.ts';
import { contributors } from './core/contributors.ts';
import type { Contributor } from './core/contributors.ts';
import { planDerived } from './core/derivation.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { WindowPlace } from './core/recount.ts';
import { recountWindows } from './log-recount.ts';
import type { CellReader, ProjectionStore, StoredPartition } from './ports.ts';
import { withEstimates } from './verifier.ts';
import type { VerifierPorts } from './verifier.ts';
import { plansFor, VERIFY_LIMITS } from './verify-question.ts';

export type RecountQuestion = {
  readonly metric: string;
  /** Default: the published one. */
  readonly version: string | undefined;
  readonly labels: Labels;
  /** The window, which cells of a grain that the metric keeps must tile. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** Up to where each partition is counted: records below. What is not named is counted as far as the projection has come. */
  readonly cursors: readonly Cursor[];
  /** How many events are named that contributed most. */
  readonly top: number;
};

/** What `POST /v1/metrics/{id}/recount` answers. */
export type RecountAnswer = {
  readonly metric: string;
  readonly version: string;
  readonly labels: Labels;
  readonly window: { readonly start: string; readonly end: string };
  readonly value: string | null;
  readonly count: number;
  readonly cursors: readonly Cursor[];
  readonly readFrom: readonly Cursor[];
  readonly records: number;
  readonly events: readonly {
    readonly metric: string;
    readonly id: string;
    readonly source: string;
    readonly time: string;
    readonly appendTime: string;
    readonly position: string;
    readonly value: string | null;
  }[];
};

type Ports = VerifierPorts & {
  readonly cells: CellReader;
  readonly store: Pick<ProjectionStore, 'load'>;
  readonly catalog: () => Catalog;
  readonly plansOf: (topic: string) => readonly MetricPlan[];
  readonly topicOf: (eventType: string) => string;
};

/**
 * Counts one window of one series again from the log, as it stood at a vector of cursors: by the core that counts live,
 * so the answer is what was published at these cursors, bit for bit.
 * @returns undefined when no such metric, or no such version of it, is counted here
 * @throws breakdown_unavailable, grain_unavailable, span_too_long, log_truncated, rebuilding; redis_unavailable,
 *   broker_unavailable, registry_unavailable
 */
export async function answerRecount(
  ports: Ports,
  question: RecountQuestion,
): Promise<RecountAnswer | undefined> {
  const { metrics } = ports.catalog();
  const metric = metrics.get(question.metric);
  const plans = plansFor(ports, question.metric);
  if (!metric || !plans) return undefined;
  const wanted = question.version ?? metric.version;
  if (metric.kind === 'derived' && wanted !== metric.version) return undefined;
  const own = plans.filter(({ metric: leaf }) =>
    metric.kind === 'simple'
      ? leaf.version === wanted
      : leaf.version === metrics.get(leaf.id)?.version,
  );
  if (own.length === 0) return undefined;
  const counted: Leaf[] = [];
  for (const plan of own) counted.push(await recountLeaf(ports, plan, question));
  const events = counted.flatMap(({ plan, top }) => top.map((one) => ({ plan, one })));
  return {
    metric: metric.id,
    version: wanted,
    labels: { ...question.labels },
    window: { start: formatRfc3339(question.fromMs), end: formatRfc3339(question.toMs) },
    value: valueFrom(metric, counted, metrics),
    count: counted.reduce((sum, { accumulators }) => sum + accumulators.contributions, 0),
    cursors: counted.flatMap(({ cursors }) => cursors),
    readFrom: counted.flatMap(({ readFrom }) => readFrom),
    records: counted.reduce((sum, { records }) => sum + records, 0),
    events: events.map(({ plan, one }) => ({
      metric: plan.metric.id,
      id: one.id,
      source: one.source,
      time: formatRfc3339(one.eventMs),
      appendTime: formatRfc3339(one.appendMs),
      position: `${one.topic}/${one.partition}/${one.offset}`,
      value: one.value,
    })),
  };
}

type Leaf = {
  readonly plan: MetricPlan;
  readonly accumulators: Accumulators;
  readonly cursors: readonly Cursor[];
  readonly readFrom: readonly Cursor[];
  readonly records: number;
  readonly top: readonly Contributor[];
};

async function recountLeaf(
  ports: Ports,
  plan: MetricPlan,
  { labels, fromMs, toMs, cursors, top }: RecountQuestion,
): Promise<Leaf> {
  const { metric } = plan;
  const ref = { metric: metric.id, version: metric.version };
  const series = seriesIn(metric, labels);
  const windows = windowsOf(plan, { startMs: fromMs, endMs: toMs });
  const stored = await ports.store.load(ref);
  if (!stored) throw new TidemarkError('rebuilding', `${metric.id} has just begun anew`);
  const partitions = stored.partitions.map((one) => at(one, cursors));
  const found = contributors(plan, { series, fromMs, toMs, max: top });
  const { recordsMax } = VERIFY_LIMITS;
  const task = { plan, windows, partitions, recordsMax, onRecord: found.note };
  const counted = await recountWindows(ports, task);
  const cells = counted.cells.filter(({ key }) => key === series);
  const estimated = await withEstimates(ports.cells, ref, cells);
  return {
    plan,
    accumulators: estimated.reduce((sum, { accumulators }) => merge(sum, accumulators), EMPTY),
    cursors: partitions.map(({ topic, partition, next }) => ({ topic, partition, offset: next })),
    readFrom: counted.readFrom,
    records: counted.records,
    top: found.top(),
  };
}

function at(stored: StoredPartition, cursors: readonly Cursor[]): StoredPartition {
  const cursor = cursors.find(
    ({ topic, partition }) => topic === stored.topic && partition === stored.partition,
  );
  return cursor ? { ...stored, next: cursor.offset } : stored;
}

/** @throws breakdown_unavailable */
function seriesIn({ id, breakdowns }: SimpleMetric, labels: Labels): string {
  const names = Object.keys(labels);
  const own = breakdowns.find(
    (one) => one.length === names.length && one.every((name) => names.includes(name)),
  );
  if (!own)
    throw new TidemarkError('breakdown_unavailable', `${id} is not kept by [${names.join(', ')}]`);
  return seriesKey(
    own,
    own.map((name) => labels[name] ?? ''),
  );
}

/** Cells of the coarsest grain that tile the window. @throws grain_unavailable, span_too_long */
function windowsOf(
  { metric, calendar, grains }: MetricPlan,
  window: { startMs: EpochMs; endMs: EpochMs },
): readonly WindowPlace[] {
  const grain = GRAINS.toReversed().find(
    (one) => grains.includes(one) && tiles(calendar, one, window),
  );
  if (!grain)
    throw new TidemarkError('grain_unavailable', `no cells of ${metric.id} tile the window`);
  const starts = cellStarts(calendar, grain, window);
  if (starts.length > VERIFY_LIMITS.windowsMax)
    throw new TidemarkError('span_too_long', `the window has ${starts.length} cells of a ${grain}`);
  return starts.map((startMs) => ({ grain, startMs }));
}

function valueFrom(
  metric: MetricDefinition,
  counted: readonly Leaf[],
  metrics: Catalog['metrics'],
): string | null {
  if (metric.kind === 'simple') {
    const value = exactOf(metric, counted[0]?.accumulators ?? EMPTY);
    return formatValue(value?.unscaled ?? null, metric.unit.scale);
  }
  const plan = planDerived(metric, metrics);
  if (!plan.ok) return null;
  const values = new Map(
    counted.map(({ plan: leaf, accumulators }) => [
      leaf.metric.id,
      exactOf(leaf.metric, accumulators),
    ]),
  );
  const value = plan.value.evaluate(values, metric.unit.scale);
  return formatValue(value?.unscaled ?? null, metric.unit.scale);
}

function exactOf(metric: SimpleMetric, accumulators: Accumulators): Decimal | null {
  const { valueScale, percentile, unit, aggregation } = metric;
  const value = valueOf(aggregation, accumulators, {
    valueScale,
    unitScale: unit.scale,
    percentile,
  });
  return value === null ? null : { unscaled: value, scale: unit.scale };
}
