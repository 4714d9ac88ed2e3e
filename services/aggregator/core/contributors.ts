import type { Aggregation } from '../../kernel/accumulator.ts';
import { formatDecimal } from '../../kernel/decimal.ts';
import { compare, negate } from '../../kernel/integer.ts';
import type { Integer } from '../../kernel/integer.ts';
import { breakdownOf } from '../../kernel/series.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { emptyVariables, fillVariables } from './expressions.ts';
import type { Judged } from './judge.ts';
import type { MetricPlan } from './metric-plan.ts';
import { decide } from './projector.ts';
import type { SourceRecord } from './source-record.ts';

/** An event that was counted into a window, and what it brought: its value, of distinct the member. */
export type Contributor = {
  readonly id: string;
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventMs: EpochMs;
  readonly appendMs: EpochMs;
  /** Decimal at the scale of the value expression; null where nothing but the event counts. */
  readonly value: string | null;
};

/** Notes which events of one series and span contribute most, as the log is read from its beginning. */
export type Contributors = {
  readonly note: (partition: number, record: SourceRecord, judged: Judged) => void;
  /** The most important first. */
  readonly top: () => readonly Contributor[];
};

type Ranked = { readonly event: Contributor; readonly rank: Integer };

/**
 * Which contribute most depends on how the metric adds up: of sums, averages and latest values the largest amounts
 * whatever their sign; of max and percentile the largest, of min the smallest values; of counts, last and distinct, to
 * which all bring the same, the newest. Equal ones by time, the newer first.
 */
export function contributors(
  plan: MetricPlan,
  of: {
    readonly series: string;
    readonly fromMs: EpochMs;
    readonly toMs: EpochMs;
    readonly max: number;
  },
): Contributors {
  const { metric, topic } = plan;
  const names = breakdownOf(of.series).join();
  const column = metric.breakdowns.findIndex((breakdown) => breakdown.join() === names);
  const seriesOf = plan.columns[column];
  const watermarks = new Map<number, EpochMs>();
  const variables = emptyVariables();
  let kept: Ranked[] = [];
  return {
    note(partition, record, judged) {
      const watermarkMs = watermarks.get(partition) ?? 0;
      if (judged.watermarkMs > watermarkMs) watermarks.set(partition, judged.watermarkMs);
      const { eventMs, verdict } = judged;
      if (verdict.kind !== 'event' || eventMs < of.fromMs || eventMs >= of.toMs) return;
      fillVariables(variables, { judged, record }, true);
      if (decide(plan, { record, judged, variables }, watermarkMs) !== 'counted') return;
      if (seriesOf?.read(variables).key !== of.series) return;
      const value = plan.value?.read(variables) ?? null;
      kept.push({
        event: {
          id: variables.id,
          source: variables.source,
          topic,
          partition,
          offset: record.offset,
          eventMs,
          appendMs: record.appendMs,
          value: shown(plan, value),
        },
        rank: rankOf(plan.aggregation, value, eventMs),
      });
      if (kept.length >= 2 * of.max + 100) kept = best(kept, of.max);
    },
    top: () => best(kept, of.max).map(({ event }) => event),
  };
}

/** Of a percentile the plan reads bins, which are no values. */
function shown({ aggregation, metric }: MetricPlan, value: Integer | string | null): string | null {
  if (value === null || aggregation === 'percentile') return null;
  return typeof value === 'string' ? value : formatDecimal(value, metric.valueScale);
}

const best = (list: readonly Ranked[], max: number): Ranked[] =>
  list
    .toSorted(
      (a, b) =>
        compare(b.rank, a.rank) ||
        b.event.eventMs - a.event.eventMs ||
        b.event.offset - a.event.offset,
    )
    .slice(0, max);

function rankOf(
  aggregation: Aggregation,
  value: Integer | string | null,
  eventMs: EpochMs,
): Integer {
  if (value === null || typeof value === 'string') return eventMs;
  switch (aggregation) {
    case 'sum':
    case 'avg':
    case 'latest':
      return value < 0 ? negate(value) : value;
    case 'max':
    case 'percentile':
      return value;
    case 'min':
      return negate(value);
    case 'count':
    case 'last':
    case 'distinct':
      return eventMs;
  }
}
