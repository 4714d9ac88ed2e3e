import { generationId } from '../../services/kernel/projection.ts';
import { flushRequest } from '../../services/aggregator/core/flush.ts';
import { contribute } from '../../services/aggregator/core/cell-delta.ts';
import {
  deltaOf,
  emptyCounters,
  emptyGathering,
  spanKey,
  windowApart,
} from '../../services/aggregator/core/gathering.ts';
import type { Gathering } from '../../services/aggregator/core/gathering.ts';
import { seriesOf } from '../../services/aggregator/core/series-column.ts';
import type { Series } from '../../services/aggregator/core/series-column.ts';
import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { binOf } from '../../services/kernel/sketch.ts';
import { GRAINS, zoneCalendar } from '../../services/kernel/window.ts';

/** An event as a metric sees it. */
export type SeenEvent = {
  readonly timeMs: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number | bigint;
  readonly member?: string;
};

export type Filler = {
  /** Counts events into the projection by one flush, in partition 0, then moves windows on. */
  readonly count: (events: readonly SeenEvent[], options?: CountOptions) => Promise<void>;
  /** Moves the watermark of partitions (default: all), as heartbeats do. */
  readonly passTo: (watermarkMs: number, partitions?: readonly number[]) => Promise<void>;
};
type CountOptions = { readonly restated?: boolean; readonly caughtUp?: boolean };

export const sourceTopic = (metric: SimpleMetric, prefix = ''): string =>
  `${prefix}events.${metric.event}`;

/**
 * Writes projections by the aggregator's own store, so that readers are tested against what is really there.
 * @param options.partitions number of partitions of the metric's topic
 * @param options.empty false: the projection begins in rebuilding
 */
export async function projectionFiller(
  store: ProjectionStore,
  metric: SimpleMetric,
  options: { partitions?: number; empty?: boolean; prefix?: string; generation?: string } = {},
): Promise<Filler> {
  const ref = { metric: metric.id, version: metric.version };
  const topic = sourceTopic(metric, options.prefix);
  const generation = options.generation ?? generationId('g1');
  const calendar = zoneCalendar(metric.timezone);
  const partitions = Array.from({ length: options.partitions ?? 1 }, (_, partition) => ({
    partition,
    next: 0,
    watermarkMs: 0,
  }));
  await store.create(ref, {
    generation,
    partitions: partitions.map(({ partition }) => ({
      topic,
      partition,
      first: 0,
      empty: options.empty ?? true,
    })),
  });

  const series = new Map<string, Series>();
  const seriesAt = (breakdown: readonly string[], members: readonly string[]): Series => {
    const made = seriesOf(breakdown, members);
    const known = series.get(made.key) ?? made;
    series.set(made.key, known);
    return known;
  };
  const advance = async (): Promise<void> => {
    while ((await store.advance(metric, 1_000)) > 0);
  };
  const flush = async (fill: (gathering: Gathering) => void): Promise<void> => {
    const gathering = emptyGathering();
    fill(gathering);
    const grains = GRAINS.filter((grain) => metric.grains.includes(grain));
    const request = flushRequest(
      gathering,
      { metric, calendar, grains },
      { generation, known: new Map() },
    );
    const result = await store.apply(ref, request);
    if (result.kind !== 'applied') throw new Error(`the flush was not applied: ${result.kind}`);
    await advance();
  };
  const openSpan = (gathering: Gathering, partition: number, caughtUp = true) => {
    const at = partitions[partition];
    if (!at) throw new Error(`there is no partition ${partition}`);
    const span = {
      topic,
      partition,
      from: at.next,
      to: at.next,
      watermarkMs: at.watermarkMs,
      appendMs: at.watermarkMs,
      historicalMs: 0,
      counters: emptyCounters(),
      caughtUp,
    };
    gathering.spans.set(spanKey(topic, partition), span);
    return { at, span };
  };

  const addToCells = (
    event: SeenEvent,
    into: { gathering: Gathering; offset: number; restated: boolean },
  ): void => {
    const { value = 0, member = '', timeMs, labels = {} } = event;
    const stored = metric.aggregation === 'percentile' ? binOf(value) : value;
    for (const grain of metric.grains) {
      const startMs = calendar.cellStart(grain, timeMs);
      const endMs = calendar.cellEnd(grain, startMs);
      const window = windowApart(into.gathering, grain, { startMs, endMs });
      for (const breakdown of metric.breakdowns) {
        const members = breakdown.map((name) => labels[name] ?? '');
        const cell = deltaOf(into.gathering, window, seriesAt(breakdown, members));
        cell.contributions++;
        if (into.restated) cell.restated = true;
        const { offset } = into;
        const contribution = { value: stored, member, timeMs, partition: 0, offset };
        contribute(metric.aggregation, cell, contribution);
      }
    }
  };

  return {
    count: (events, { restated = false, caughtUp = true } = {}) =>
      flush((gathering) => {
        const { at, span } = openSpan(gathering, 0, caughtUp);
        for (const event of events) {
          addToCells(event, { gathering, offset: span.to, restated });
          span.counters.counted++;
          span.to++;
        }
        at.next = span.to;
      }),
    passTo: (watermarkMs, which = partitions.map(({ partition }) => partition)) =>
      flush((gathering) => {
        for (const partition of which) {
          const { at, span } = openSpan(gathering, partition);
          span.counters.heartbeat++;
          span.to++;
          span.watermarkMs = watermarkMs;
          span.appendMs = watermarkMs;
          at.next = span.to;
          at.watermarkMs = watermarkMs;
        }
      }),
  };
}
