import { flushRequest } from '../../services/aggregator/core/flush.ts';
import {
  CONTRIBUTE,
  count,
  deltaOf,
  emptyGathering,
  spanKey,
  windowOf,
} from '../../services/aggregator/core/gathering.ts';
import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { seriesKey } from '../../services/kernel/series.ts';
import { binOf } from '../../services/kernel/sketch.ts';
import { zoneCalendar } from '../../services/kernel/window.ts';
import type { Grain } from '../../services/kernel/window.ts';

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
  const generation = options.generation ?? 'g1';
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

  const advance = async (): Promise<void> => {
    while ((await store.advance(metric, 1_000)) > 0);
  };
  const flush = async (
    fill: (gathering: ReturnType<typeof emptyGathering>, numberOf: (key: string) => number) => void,
  ): Promise<void> => {
    const keys: string[] = [];
    const gathering = emptyGathering();
    fill(gathering, (key) => {
      const at = keys.indexOf(key);
      return at === -1 ? keys.push(key) - 1 : at;
    });
    const result = await store.apply(
      ref,
      flushRequest(gathering, {
        generation,
        maxSeries: metric.maxSeries,
        known: new Map(),
        keyOf: (local) => keys[local] as string,
      }),
    );
    if (result.kind !== 'applied') throw new Error(`the flush was not applied: ${result.kind}`);
    await advance();
  };
  const openSpan = (
    gathering: ReturnType<typeof emptyGathering>,
    partition: number,
    caughtUp = true,
  ) => {
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
      counters: new Map(),
      caughtUp,
    };
    gathering.spans.set(spanKey(topic, partition), span);
    return { at, span };
  };

  const addToCells = (
    event: SeenEvent,
    into: {
      gathering: ReturnType<typeof emptyGathering>;
      numberOf: (key: string) => number;
      offset: number;
      restated: boolean;
    },
  ): void => {
    const { value = 0, member = '', timeMs, labels = {} } = event;
    const stored = metric.aggregation === 'percentile' ? binOf(value) : value;
    const endMs = (grain: Grain) => (start: number) => calendar.cellEnd(grain, start);
    const windows = metric.grains.map((grain) => {
      const startMs = calendar.cellStart(grain, timeMs);
      return windowOf(into.gathering, { grain, startMs, endMs: endMs(grain) });
    });
    for (const breakdown of metric.breakdowns) {
      const members = breakdown.map((name) => labels[name] ?? '');
      const number = into.numberOf(seriesKey(breakdown, members));
      for (const window of windows) {
        const cell = deltaOf(into.gathering, window, number);
        cell.contributions++;
        if (into.restated) cell.restated = true;
        const { offset } = into;
        const contribution = { value: stored, member, timeMs, partition: 0, offset };
        CONTRIBUTE[metric.aggregation](cell, contribution);
      }
    }
  };

  return {
    count: (events, { restated = false, caughtUp = true } = {}) =>
      flush((gathering, numberOf) => {
        const { at, span } = openSpan(gathering, 0, caughtUp);
        for (const event of events) {
          addToCells(event, { gathering, numberOf, offset: span.to, restated });
          count(span, 'counted');
          span.to++;
        }
        at.next = span.to;
      }),
    passTo: (watermarkMs, which = partitions.map(({ partition }) => partition)) =>
      flush((gathering) => {
        for (const partition of which) {
          const { at, span } = openSpan(gathering, partition);
          count(span, 'heartbeat');
          span.to++;
          span.watermarkMs = watermarkMs;
          span.appendMs = watermarkMs;
          at.next = span.to;
          at.watermarkMs = watermarkMs;
        }
      }),
  };
}
