import type { Catalog } from '../../../kernel/definitions.ts';
import { compareDecimals, parseDecimal } from '../../../kernel/decimal.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import type { Result } from '../../../kernel/result.ts';
import { labelsOf } from '../../../kernel/series.ts';
import type { Labels } from '../../../kernel/series.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Cursor } from '../../../kernel/update.ts';
import type { AlertState, Check } from '../alert/episode.ts';
import type { Route } from '../plan/plan.ts';
import { currentEpisode } from '../alert/record.ts';
import { checkAnswer } from './evidence.ts';
import type { Evidence } from './evidence.ts';

/** One window of one series, to be counted again from the log up to these cursors. */
export type RecountQuestion = {
  readonly metric: string;
  readonly version: string;
  readonly labels: Labels;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly cursors: readonly Cursor[];
};
/** What the recount found (services/aggregator: `POST /v1/metrics/{id}/recount`). */
export type Recounted = {
  readonly value: string | null;
  readonly count: number;
  readonly records: number;
  readonly readFrom: readonly Cursor[];
  /** The events that contributed most. */
  readonly events: readonly object[];
};
/**
 * Asks the aggregator to count a window again from the log. Never throws: what went wrong is the refusal.
 * @param authorization of whoever asks, as it came
 */
export type Recount = (
  question: RecountQuestion,
  authorization: string | undefined,
) => Promise<Result<Recounted, Refusal>>;
/** What is stored of the window now; undefined where that cannot be read. */
export type ValueNow = {
  readonly value: string | null;
  readonly count: number;
  readonly revision: number;
};

/** @returns undefined where it cannot be read: its metric is another version, or is being rebuilt */
export type ValueNowOf = (state: AlertState, check: Check) => Promise<ValueNow | undefined>;

export const questionOf = ({ state, check }: Evidence): RecountQuestion => ({
  metric: state.metric,
  version: state.metricVersion,
  labels: { ...labelsOf(state.series) },
  startMs: check.window.startMs,
  endMs: check.window.endMs,
  cursors: check.cursors,
});

/** What `GET /v1/alerts/{id}/explain` answers. */
export function explanation(
  { state, check }: Evidence,
  catalog: Catalog,
  found: {
    readonly recounted: Result<Recounted, Refusal>;
    readonly now: ValueNow | undefined;
  },
) {
  const { recounted, now } = found;
  const episode = currentEpisode(state);
  const rule = catalog.rules.get(state.rule);
  return {
    alert: state.id,
    episode: episode?.id ?? null,
    rule: state.rule,
    // Of another version of the rule nobody knows it any more.
    condition: rule?.version === state.ruleVersion ? rule.when : null,
    metric: state.metric,
    version: state.metricVersion,
    labels: { ...labelsOf(state.series) },
    state: state.machine.condition,
    window: {
      start: formatRfc3339(check.window.startMs),
      end: formatRfc3339(check.window.endMs),
    },
    atAlert: checkAnswer(check),
    recounted: recounted.ok ? recountMember(recounted.value, check) : null,
    recountFault: recounted.ok ? null : recounted.error,
    now: now ?? null,
    events: recounted.ok ? recounted.value.events : [],
    route: routeMember(episode?.route ?? null),
    timeline: state.timeline.map(({ kind, reason, atMs, state: condition, value }) => ({
      at: formatRfc3339(atMs),
      transition: kind,
      reason,
      state: condition,
      value,
    })),
  };
}

const recountMember = ({ value, count, records, readFrom }: Recounted, check: Check) => ({
  value,
  count,
  records,
  readFrom,
  isEqual: isSame(value, check.value) && count === check.count,
});

/** By amount: a unit may have been given more places since. */
function isSame(a: string | null, b: string | null): boolean {
  const left = a === null ? undefined : parseDecimal(a);
  const right = b === null ? undefined : parseDecimal(b);
  return left && right ? compareDecimals(left, right) === 0 : a === b;
}

const routeMember = (route: Route | null) =>
  route && {
    accountable: route.accountable,
    deputy: route.deputy,
    via: route.via,
    why: whyOf(route.via),
    receivers: route.receivers,
  };

/** Why he answers, in words. */
function whyOf(via: string | null): string {
  if (via === 'metric') return 'no responsibility names anybody: the owner of the metric answers';
  if (via === 'fallback')
    return 'no responsibility names anybody and the owner of the metric is not known: the fallback team answers';
  return via === null ? 'nobody was found' : `the responsibility ${via} names him`;
}
