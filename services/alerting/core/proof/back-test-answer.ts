import { labelsOf } from '../../../kernel/series.ts';
import { DAY_MS, formatRfc3339, SECOND_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { chartAnswer } from './back-test-chart.ts';
import type { ChartAnswer, DrawnSeries } from './back-test-chart.ts';
import type { NearMiss, TestedEpisode, TestedSeries } from './back-test.ts';
import type { Verdict } from '../alert/condition.ts';
import type { RulePlan } from '../plan/plan.ts';

/** Episodes and near misses that an answer lists; their numbers are of all. */
export const LISTED_MAX = 1_000;
const DAYS_OF_MONTH = 30.4375;

type Shown = {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly windows: number;
  readonly series: number;
  readonly results: readonly TestedSeries[];
  readonly drawn?: DrawnSeries;
};

/** What `POST /v1/rules/test` answers. `perMonth` is episodes a month, at the rate of the time from `coveredFrom` on. */
export type BackTestAnswer = {
  readonly rule: string;
  readonly metric: string;
  readonly version: string;
  readonly condition: string;
  readonly from: string;
  readonly to: string;
  /** Start of the first window that could be judged, where history may begin later than `from`; null: none could. */
  readonly coveredFrom: string | null;
  readonly series: number;
  readonly windows: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly episodes: number;
  readonly perMonth: number;
  readonly firingSeconds: number;
  readonly nearMisses: number;
  readonly wouldHaveTold: readonly {
    readonly receiver: string;
    readonly kind: string;
    readonly messages: number;
  }[];
  readonly bySeries: readonly { readonly labels: object; readonly episodes: number }[];
  readonly episodeList: readonly object[];
  readonly nearMissList: readonly object[];
  readonly notes: readonly string[];
  /** Where a chart was asked for and there is a series to draw. */
  readonly chart?: ChartAnswer;
};

export function backTestAnswer(plan: RulePlan, tested: Shown): BackTestAnswer {
  const { rule, metric } = plan;
  const { fromMs, toMs, results } = tested;
  const episodes = results
    .flatMap((one) => one.episodes)
    .sort((a, b) => a.startedAtMs - b.startedAtMs);
  const misses = results.flatMap((one) => one.nearMisses).sort((a, b) => a.fromMs - b.fromMs);
  const coveredMs = coveredFromMs(results);
  const firingMs = episodes.reduce((sum, one) => sum + lengthMs(one, toMs), 0);
  return {
    rule: rule.id,
    metric: metric.id,
    version: metric.version,
    condition: rule.when,
    from: formatRfc3339(fromMs),
    to: formatRfc3339(toMs),
    coveredFrom: timeOf(coveredMs),
    series: tested.series,
    windows: tested.windows,
    verdicts: sumVerdicts(results),
    episodes: episodes.length,
    perMonth: coveredMs === null ? 0 : perMonth(episodes.length, toMs - coveredMs),
    firingSeconds: Math.round(firingMs / SECOND_MS),
    nearMisses: misses.length,
    wouldHaveTold: toldOf(episodes),
    bySeries: bySeries(episodes),
    episodeList: episodes.slice(0, LISTED_MAX).map((one) => shownEpisode(one, toMs)),
    nearMissList: misses.slice(0, LISTED_MAX).map(shownMiss),
    notes: notesOf(plan, tested, Math.max(episodes.length, misses.length)),
    ...(tested.drawn ? { chart: chartAnswer(plan, tested.drawn) } : {}),
  };
}

const lengthMs = (one: TestedEpisode, toMs: EpochMs): number =>
  one.firedAtMs === null ? 0 : Math.max(0, (one.endedAtMs ?? toMs) - one.firedAtMs);

/** What lies before the first window with a verdict says nothing about how often the rule fires. */
function coveredFromMs(results: readonly TestedSeries[]): EpochMs | null {
  const starts = results.flatMap(({ judgedFromMs }) => judgedFromMs ?? []);
  return starts.length === 0 ? null : Math.min(...starts);
}

/** At most two places: it is an expectation, no count. */
const perMonth = (episodes: number, spanMs: number): number =>
  spanMs <= 0 ? 0 : Math.round((episodes * DAYS_OF_MONTH * DAY_MS * 100) / spanMs) / 100;

function sumVerdicts(results: readonly TestedSeries[]): Record<Verdict, number> {
  const sum = { breach: 0, clear: 0, in_band: 0, inconclusive: 0, absent: 0 };
  for (const { verdicts } of results)
    for (const verdict of Object.keys(sum) as Verdict[]) sum[verdict] += verdicts[verdict];
  return sum;
}

function toldOf(episodes: readonly TestedEpisode[]): BackTestAnswer['wouldHaveTold'] {
  const counts = new Map<string, { receiver: string; kind: string; messages: number }>();
  for (const { receiver, kind } of episodes.flatMap(({ messages }) => messages)) {
    const known = counts.get(`${receiver} ${kind}`) ?? { receiver, kind, messages: 0 };
    counts.set(`${receiver} ${kind}`, { ...known, messages: known.messages + 1 });
  }
  return [...counts.values()].sort((a, b) => b.messages - a.messages);
}

const bySeries = (episodes: readonly TestedEpisode[]): BackTestAnswer['bySeries'] =>
  [...Map.groupBy(episodes, ({ series }) => series)]
    .map(([series, own]) => ({ labels: { ...labelsOf(series) }, episodes: own.length }))
    .sort((a, b) => b.episodes - a.episodes)
    .slice(0, LISTED_MAX);

const timeOf = (ms: EpochMs | null): string | null => (ms === null ? null : formatRfc3339(ms));

const shownEpisode = (one: TestedEpisode, toMs: EpochMs) => ({
  labels: { ...labelsOf(one.series) },
  startedAt: timeOf(one.startedAtMs),
  firedAt: timeOf(one.firedAtMs),
  endedAt: timeOf(one.endedAtMs),
  outcome: one.outcome,
  firingSeconds: Math.round(lengthMs(one, toMs) / SECOND_MS),
  value: one.breached,
  worst: one.worst,
  recovered: one.recovered,
  owner: {
    accountable: one.route?.accountable ?? null,
    deputy: one.route?.deputy ?? null,
    via: one.route?.via ?? null,
  },
  messages: one.messages,
});

const shownMiss = (one: NearMiss) => ({
  labels: { ...labelsOf(one.series) },
  from: formatRfc3339(one.fromMs),
  to: formatRfc3339(one.toMs),
});

function notesOf(
  { rule, lookBacks, targetOf }: RulePlan,
  tested: Shown,
  listed: number,
): readonly string[] {
  const compared = [...lookBacks, ...(targetOf ? ['target'] : [])];
  const { inconclusive } = sumVerdicts(tested.results);
  return [
    ...(rule.evaluate === 'onUpdate'
      ? [
          'windows are judged as they closed; a live rule of evaluate: onUpdate sees them while open',
        ]
      : []),
    ...(compared.length > 0 && inconclusive > 0
      ? [
          `${inconclusive} windows were not judged, mostly since ${compared.join(', ')} was not known`,
        ]
      : []),
    ...(listed > LISTED_MAX ? [`the first ${LISTED_MAX} are listed; the numbers are of all`] : []),
  ];
}
