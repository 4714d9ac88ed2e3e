import { FEEDBACKS } from '../../../kernel/feedback.ts';
import type { Feedback } from '../../../kernel/feedback.ts';
import { formatRfc3339, SECOND_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ReviewedEpisode } from './review.ts';

/** What `GET /v1/rules/{id}/review` answers; of episodes that fired within the range. */
export type RuleReview = {
  readonly rule: string;
  readonly from: string | null;
  readonly to: string;
  /** Since when `alerts` is known: what it no longer holds is in no number here. */
  readonly since: string | null;
  readonly fired: number;
  readonly firing: number;
  readonly acknowledged: number;
  readonly acted: number;
  /** Over, and nobody acknowledged, acted, or said anything. */
  readonly ignored: number;
  readonly retracted: number;
  readonly flaps: number;
  readonly nearMisses: number;
  readonly delivered: number;
  readonly notDelivered: number;
  readonly secondsToAcknowledge: { readonly median: number | null; readonly p90: number | null };
  readonly feedback: Readonly<Record<Feedback, number>>;
  /** Share of `real` among the episodes that somebody judged, at four places; null while nobody did. */
  readonly precision: number | null;
  readonly causes: readonly {
    readonly cause: string;
    readonly verdict: Feedback;
    readonly episodes: number;
  }[];
};

const CAUSES_MAX = 20;

export function reviewAnswer(
  rule: string,
  known: {
    readonly episodes: readonly ReviewedEpisode[];
    readonly nearMisses: readonly EpochMs[];
    readonly sinceMs: EpochMs | null;
  },
  range: { readonly fromMs: EpochMs | null; readonly toMs: EpochMs },
): RuleReview {
  const isIn = (ms: EpochMs): boolean => ms >= (range.fromMs ?? -Infinity) && ms < range.toMs;
  const fired = known.episodes.filter((one) => one.firedAtMs !== null && isIn(one.firedAtMs));
  const count = (is: (one: ReviewedEpisode) => boolean): number => fired.filter(is).length;
  const delays = fired
    .flatMap(({ firedAtMs, acknowledgedAtMs }) =>
      acknowledgedAtMs === null ? [] : [acknowledgedAtMs - (firedAtMs ?? acknowledgedAtMs)],
    )
    .sort((a, b) => a - b);
  const feedback = Object.fromEntries(
    FEEDBACKS.map((verdict) => [verdict, count((one) => one.feedback?.verdict === verdict)]),
  ) as Record<Feedback, number>;
  const judged = FEEDBACKS.reduce((sum, verdict) => sum + feedback[verdict], 0);
  return {
    rule,
    from: range.fromMs === null ? null : formatRfc3339(range.fromMs),
    to: formatRfc3339(range.toMs),
    since: known.sinceMs === null ? null : formatRfc3339(known.sinceMs),
    fired: fired.length,
    firing: count(({ endedAtMs }) => endedAtMs === null),
    acknowledged: count(({ acknowledgedAtMs }) => acknowledgedAtMs !== null),
    acted: count(({ isActedOn }) => isActedOn),
    ignored: count(isIgnored),
    retracted: count(({ outcome }) => outcome === 'retracted'),
    flaps: count(({ isFlap }) => isFlap),
    nearMisses: known.nearMisses.filter(isIn).length,
    delivered: fired.reduce((sum, one) => sum + one.delivered, 0),
    notDelivered: fired.reduce((sum, one) => sum + one.notDelivered, 0),
    secondsToAcknowledge: { median: nearestRank(delays, 0.5), p90: nearestRank(delays, 0.9) },
    feedback,
    precision: judged === 0 ? null : Math.round((feedback.real / judged) * 10_000) / 10_000,
    causes: causesOf(fired),
  };
}

/** What the system took back, or ended since the rule changed or was paused, was nobody's to look after. */
const isIgnored = (one: ReviewedEpisode): boolean =>
  one.endedAtMs !== null &&
  one.acknowledgedAtMs === null &&
  !one.isActedOn &&
  one.feedback === null &&
  one.outcome !== 'retracted' &&
  one.outcome !== 'rule_changed' &&
  one.outcome !== 'rule_removed' &&
  one.outcome !== 'rule_paused';

/** The smallest delay that at least this share of all does not exceed, whole seconds. @param sorted ms, ascending */
function nearestRank(sorted: readonly number[], share: number): number | null {
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return found === undefined ? null : Math.round(found / SECOND_MS);
}

function causesOf(fired: readonly ReviewedEpisode[]): RuleReview['causes'] {
  const counts = new Map<string, RuleReview['causes'][number]>();
  for (const { feedback } of fired) {
    if (!feedback || feedback.cause === null) continue;
    const { cause, verdict } = feedback;
    const key = `${verdict} ${cause}`;
    counts.set(key, { cause, verdict, episodes: (counts.get(key)?.episodes ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.episodes - a.episodes).slice(0, CAUSES_MAX);
}
