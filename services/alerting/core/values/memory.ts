import { fingerprintsOf } from '../../../kernel/alert.ts';
import type { DurationMs } from '../../../kernel/time.ts';
import { cellMemoryMs, isWatched } from '../plan/plan.ts';
import type { Track } from '../partition/track.ts';
import type { RulePlan } from '../plan/plan.ts';
import type { Cells } from './window-value.ts';

/** A rule that looks at a series, and the alert that it has for it: its id, and itself once somebody has asked. */
export type Watcher = { readonly plan: RulePlan; readonly alert: string; track: Track | undefined };

/** What is remembered of one series. */
export type SeriesMemory = {
  readonly key: string;
  readonly cells: Cells;
  /** Under the plans that `of` was of. */
  watchers: { readonly of: readonly RulePlan[]; readonly list: readonly Watcher[] } | undefined;
};

/**
 * The cells of one metric version at one grain, by series, and the rules that are judged by them: a value finds its rules
 * without asking any of them. A structure that changes in place.
 */
export class Memory {
  /** `METRIC@VERSION`, and `METRIC@VERSION|GRAIN`. */
  readonly metric: string;
  readonly key: string;
  readonly series = new Map<string, SeriesMemory>();
  /** Rules that read them, the gravest first. */
  plans: readonly RulePlan[] = [];
  /** How long after its end a cell is kept. */
  keepMs: DurationMs = 0;

  constructor(key: string) {
    this.key = key;
    this.metric = key.slice(0, key.indexOf('|'));
  }

  usePlans(plans: readonly RulePlan[]): void {
    this.plans = plans;
    this.keepMs = Math.max(0, ...plans.map(cellMemoryMs));
  }
  seriesOf(key: string): SeriesMemory {
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = { key, cells: new Map(), watchers: undefined }));
    return series;
  }
  /** Rules that watch the series, the gravest first: worked out once, since names and fingerprints take longer than judging. */
  watchersOf(series: SeriesMemory): readonly Watcher[] {
    if (series.watchers?.of === this.plans) return series.watchers.list;
    const { key } = series;
    const alertOf = fingerprintsOf(key);
    const list = this.plans
      .filter((plan) => isWatched(plan, key))
      .map((plan) => ({ plan, alert: alertOf(plan.rule.id), track: undefined }));
    series.watchers = { of: this.plans, list };
    return list;
  }
}
